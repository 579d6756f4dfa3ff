"""Writes onnx/exported/<network>_<opset>.onnx: small networks with the parts of usual classifiers and detectors, as PyTorch's exporter writes them, batches (and for some the size) left open.

Run from anywhere: python3 make_exported.py   (made with PyTorch 1.13)

Their results are not kept: tests run each file in ONNX Runtime beside what they test.
"""
import pathlib
import sys

import torch
import torch.nn.functional as F
from torch import nn


class VisionTransformer(nn.Module):
    """A class token, learned places, and attention as nn.MultiheadAttention and as timm compute it."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 8, 8)
        self.token, self.places = nn.Parameter(torch.randn(1, 1, 8)), nn.Parameter(torch.randn(1, 17, 8))
        self.norms = nn.ModuleList(nn.LayerNorm(8) for _ in range(4))
        self.attention, self.qkv, self.out = nn.MultiheadAttention(8, 2, batch_first=True), nn.Linear(8, 24), nn.Linear(8, 8)
        self.mlp, self.head = nn.Sequential(nn.Linear(8, 16), nn.GELU(), nn.Linear(16, 8)), nn.Linear(8, 5)

    def heads(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, 2, c // 2).permute(2, 0, 3, 1, 4).unbind(0)
        shares = ((q * (c // 2) ** -.5) @ k.transpose(-2, -1)).softmax(dim=-1)
        return self.out((shares @ v).transpose(1, 2).reshape(b, n, c))

    def forward(self, image):
        x = self.patches(image).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.places
        y = self.norms[0](x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        x = x + self.heads(self.norms[1](x))
        x = x + self.mlp(self.norms[2](x))
        return self.head(self.norms[3](x)[:, 0])


class ShiftedWindows(nn.Module):
    """A Swin block: maps padded to whole windows, rolled, attention within windows with a bias by place and a mask; then patches merged."""

    def __init__(self):
        super().__init__()
        self.stem, self.norm = nn.Conv2d(3, 8, 4, 4), nn.LayerNorm(8)
        self.qkv, self.out = nn.Linear(8, 24), nn.Linear(8, 8)
        self.bias = nn.Parameter(torch.randn(49, 2))
        at = torch.stack(torch.meshgrid(torch.arange(4), torch.arange(4), indexing="ij")).flatten(1)
        self.register_buffer("index", ((at[:, :, None] - at[:, None, :]) + 3).permute(1, 2, 0).mul(torch.tensor([7, 1])).sum(-1).view(-1))
        self.merge, self.reduce, self.head = nn.LayerNorm(32), nn.Linear(32, 16, bias=False), nn.Linear(16, 5)

    def windows(self, x, shift=2, side=4):
        b, h, w, c = x.shape
        x = F.pad(x, (0, 0, 0, (side - w % side) % side, 0, (side - h % side) % side))
        _, H, W, _ = x.shape
        x = torch.roll(x, (-shift, -shift), (1, 2))
        count = (H // side) * (W // side)
        x = x.view(b, H // side, side, W // side, side, c).permute(0, 1, 3, 2, 4, 5).reshape(b * count, side * side, c)
        qkv = self.qkv(x).reshape(x.size(0), x.size(1), 3, 2, c // 2).permute(2, 0, 3, 1, 4)
        q, k, v = qkv[0] * (c // 2) ** -.5, qkv[1], qkv[2]
        shares = q.matmul(k.transpose(-2, -1)) + self.bias[self.index].view(side * side, side * side, -1).permute(2, 0, 1).contiguous().unsqueeze(0)
        mask, number = x.new_zeros((H, W)), 0
        for rows in ((0, -side), (-side, -shift), (-shift, None)):
            for columns in ((0, -side), (-side, -shift), (-shift, None)):
                mask[rows[0]:rows[1], columns[0]:columns[1]] = number
                number += 1
        mask = mask.view(H // side, side, W // side, side).permute(0, 2, 1, 3).reshape(count, side * side)
        mask = mask.unsqueeze(1) - mask.unsqueeze(2)
        mask = mask.masked_fill(mask != 0, -100.0).masked_fill(mask == 0, 0.0)
        shares = shares.view(x.size(0) // count, count, 2, side * side, side * side) + mask.unsqueeze(1).unsqueeze(0)
        shares = shares.view(-1, 2, side * side, side * side).softmax(-1)
        x = self.out(shares.matmul(v).transpose(1, 2).reshape(x.size(0), side * side, c))
        x = x.view(b, H // side, W // side, side, side, c).permute(0, 1, 3, 2, 4, 5).reshape(b, H, W, c)
        return torch.roll(x, (shift, shift), (1, 2))[:, :h, :w, :].contiguous()

    def forward(self, image):
        x = self.stem(image).permute(0, 2, 3, 1)
        x = x + self.windows(self.norm(x))
        x = F.pad(x, (0, 0, 0, x.shape[-2] % 2, 0, x.shape[-3] % 2))
        x = torch.cat([x[..., 0::2, 0::2, :], x[..., 1::2, 0::2, :], x[..., 0::2, 1::2, :], x[..., 1::2, 1::2, :]], -1)
        return self.head(self.reduce(self.merge(x)).mean((1, 2)))


class Mixed(nn.Module):
    """Parts of convolutional classifiers: ConvNeXt's block, EfficientNet's gate, ShuffleNet's shuffle, PReLU, ELU, SELU, Mish, group and instance normalisation."""

    def __init__(self):
        super().__init__()
        self.stem, self.first = nn.Conv2d(3, 8, 3, 2, 1), nn.PReLU(8)
        self.depth, self.norm, self.wide, self.narrow = nn.Conv2d(8, 8, 7, padding=3, groups=8), nn.LayerNorm(8), nn.Linear(8, 16), nn.Linear(16, 8)
        self.scale = nn.Parameter(torch.randn(8, 1, 1))
        self.squeeze, self.excite = nn.Conv2d(8, 4, 1), nn.Conv2d(4, 8, 1)
        self.group, self.instance = nn.GroupNorm(2, 8), nn.InstanceNorm2d(8, affine=True)
        self.head = nn.Linear(32, 5)

    def forward(self, image):
        x = self.first(self.stem(image))
        y = self.narrow(F.gelu(self.wide(self.norm(self.depth(x).permute(0, 2, 3, 1))))).permute(0, 3, 1, 2)
        x = x + self.scale * y
        x = x * torch.sigmoid(self.excite(F.silu(self.squeeze(F.adaptive_avg_pool2d(x, 1)))))
        a, b = x.chunk(2, 1)
        x = torch.cat([F.elu(a), F.mish(b)], 1)
        n, c, h, w = x.shape
        x = x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)
        x = F.hardswish(self.group(x)) + F.selu(self.instance(x))
        x = F.normalize(F.avg_pool2d(x, 4).flatten(1), dim=1)
        return F.log_softmax(self.head(x), -1)


class YoloAnchors(nn.Module):
    """YOLOv5's detection layer behind a pyramid: grids of the size of the maps, split, decoded."""

    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList([nn.Conv2d(3, 4, 3, 8, 1), nn.Conv2d(4, 4, 3, 2, 1)])
        self.raw = nn.ModuleList([nn.Conv2d(8, 16, 1), nn.Conv2d(4, 16, 1)])
        self.register_buffer("anchors", torch.tensor([[[10., 13], [16, 30]], [[30, 61], [62, 45]]]))

    def forward(self, image):
        fine = F.silu(self.down[0](image))
        coarse = F.silu(self.down[1](fine))
        pooled = torch.cat([coarse, F.max_pool2d(coarse, 5, 1, 2)], 1)[:, :4]
        maps = [torch.cat([fine, F.interpolate(pooled, scale_factor=2., mode="nearest")], 1), pooled]
        found = []
        for i, (x, stride) in enumerate(zip(maps, (8, 16))):
            x = self.raw[i](x)
            b, _, h, w = x.shape
            x = x.view(b, 2, 8, h, w).permute(0, 1, 3, 4, 2).contiguous()
            y, z = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
            grid = torch.stack((z, y), 2).expand(1, 2, h, w, 2).float() - .5
            sides = self.anchors[i].view(1, 2, 1, 1, 2).expand(1, 2, h, w, 2)
            xy, wh, rest = x.sigmoid().split((2, 2, 4), 4)
            found.append(torch.cat(((xy * 2 + grid) * stride, (wh * 2) ** 2 * sides, rest), 4).view(b, 2 * h * w, 8))
        return torch.cat(found, 1)


class YoloDistributions(nn.Module):
    """YOLOv8's and 11's detection layer: distributions of sides, anchor points of the size of the maps; before it an attention over places as in YOLO11; after it the best of all as in YOLOv10."""

    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList([nn.Conv2d(3, 8, 3, 8, 1), nn.Conv2d(8, 8, 3, 2, 1)])
        self.qkv, self.box, self.cls = nn.Conv2d(8, 24, 1), nn.Conv2d(8, 16, 1), nn.Conv2d(8, 3, 1)
        self.dfl = nn.Conv2d(4, 1, 1, bias=False)
        self.dfl.weight.data[:] = torch.arange(4.).view(1, 4, 1, 1)

    def forward(self, image):
        fine = F.silu(self.down[0](image))
        coarse = F.silu(self.down[1](fine))
        b, c, h, w = coarse.shape
        q, k, v = self.qkv(coarse).view(b, 2, 12, h * w).split([4, 4, 4], 2)
        coarse = coarse + (v @ ((q.transpose(-2, -1) @ k) * .5).softmax(-1).transpose(-2, -1)).view(b, c, h, w)
        maps, points, strides = [], [], []
        for x, stride in ((fine, 8), (coarse, 16)):
            maps.append(torch.cat((self.box(x), self.cls(x)), 1).view(x.shape[0], 19, -1))
            h, w = x.shape[2:]
            y, z = torch.meshgrid(torch.arange(h, dtype=x.dtype) + .5, torch.arange(w, dtype=x.dtype) + .5, indexing="ij")
            points.append(torch.stack((z, y), -1).view(-1, 2))
            strides.append(torch.full((h * w, 1), stride, dtype=x.dtype))
        points, strides = torch.cat(points).transpose(0, 1), torch.cat(strides).transpose(0, 1)
        box, cls = torch.cat(maps, 2).split((16, 3), 1)
        n, _, a = box.shape
        sides = self.dfl(box.view(n, 4, 4, a).transpose(2, 1).softmax(1)).view(n, 4, a)
        low, high = sides.chunk(2, 1)
        low, high = points.unsqueeze(0) - low, points.unsqueeze(0) + high
        boxes = torch.cat(((low + high) / 2, high - low), 1) * strides
        return torch.cat((boxes, cls.sigmoid()), 1)


class YoloBest(YoloDistributions):
    def forward(self, image):
        found = super().forward(image).transpose(1, 2)
        boxes, scores = found.split([4, 3], -1)
        top = scores.amax(-1).topk(6, 1)[1].unsqueeze(-1)
        boxes, scores = boxes.gather(1, top.repeat(1, 1, 4)), scores.gather(1, top.repeat(1, 1, 3))
        best, place = scores.flatten(1).topk(6, 1)
        return torch.cat([boxes.gather(1, (place // 3).unsqueeze(-1).repeat(1, 1, 4)), best.unsqueeze(-1), (place % 3).unsqueeze(-1).float()], -1)


class Queries(nn.Module):
    """A DETR: places as waves, an encoder's and a decoder's attention, learned queries; and RT-DETR's sampling of maps where queries look."""

    def __init__(self):
        super().__init__()
        self.down, self.project = nn.Conv2d(3, 8, 8, 8), nn.Conv2d(8, 8, 1)
        self.encoder = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.decoder = nn.TransformerDecoderLayer(8, 2, 16, batch_first=True)
        self.queries, self.offsets, self.weights = nn.Embedding(5, 8), nn.Linear(8, 8), nn.Linear(8, 4)
        self.cls, self.box = nn.Linear(8, 3), nn.Linear(8, 4)

    def places(self, x):
        ones = torch.ones_like(x[:, 0])
        y, z = ones.cumsum(1), ones.cumsum(2)
        y, z = y / (y[:, -1:, :] + 1e-6) * 6.28, z / (z[:, :, -1:] + 1e-6) * 6.28
        over = 10. ** (2 * torch.div(torch.arange(4, dtype=torch.float32), 2, rounding_mode="floor") / 4)
        y, z = y[..., None] / over, z[..., None] / over
        y = torch.stack((y[..., 0::2].sin(), y[..., 1::2].cos()), 4).flatten(3)
        z = torch.stack((z[..., 0::2].sin(), z[..., 1::2].cos()), 4).flatten(3)
        return torch.cat((y, z), 3).permute(0, 3, 1, 2)

    def forward(self, image):
        x = self.project(F.relu(self.down(image)))
        memory = self.encoder((x + self.places(x)).flatten(2).permute(0, 2, 1))
        queries = self.queries.weight.unsqueeze(0).repeat(x.shape[0], 1, 1)
        y = self.decoder(queries, memory)
        map = memory.permute(0, 2, 1).reshape(x.shape)
        near = (self.box(y)[..., :2].sigmoid().unsqueeze(2) + self.offsets(y).view(x.shape[0], 5, 4, 2) * .1) * 2 - 1
        seen = F.grid_sample(map, near, mode="bilinear", padding_mode="zeros", align_corners=False)
        y = y + torch.einsum("bcqp,bqp->bqc", seen, self.weights(y).softmax(-1))
        return torch.cat([self.cls(y), torch.clamp(self.box(y).sigmoid(), 1e-3, 1 - 1e-3)], -1)


class Pyramid(nn.Module):
    """RetinaNet's pyramid, brought to the sizes of finer maps, and a U-Net's way up: transposed convolutions, bilinear and bicubic resizing, shuffled pixels."""

    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList([nn.Conv2d(3, 4, 3, 2, 1), nn.Conv2d(4, 4, 3, 2, 1), nn.Conv2d(4, 4, 3, 2, 1)])
        self.up, self.more = nn.ConvTranspose2d(4, 4, 2, 2), nn.ConvTranspose2d(4, 4, 3, 2, 1, output_padding=1, groups=2)
        self.shuffle, self.norm, self.head = nn.Conv2d(4, 16, 1), nn.GroupNorm(2, 4), nn.Conv2d(4, 2, 3, padding=1)

    def forward(self, image):
        a = F.leaky_relu(self.down[0](image))
        b = F.leaky_relu(self.down[1](a))
        c = F.softplus(self.down[2](b))
        b = b + F.interpolate(c, size=b.shape[-2:], mode="nearest") + self.up(c)[:, :, :b.shape[2], :b.shape[3]]
        b = b + F.interpolate(F.pixel_shuffle(self.shuffle(c), 2), size=b.shape[-2:], mode="bilinear", align_corners=True)
        a = a + self.more(b)[:, :, :a.shape[2], :a.shape[3]] + F.interpolate(b, size=a.shape[-2:], mode="bilinear", align_corners=False)
        a = F.pad(self.norm(a), (1, 1, 1, 1), mode="reflect")
        return F.interpolate(self.head(a), scale_factor=1.5, mode="bicubic", align_corners=False)


NETWORKS = {"vit": (VisionTransformer, (13, 17), (32, 32), False), "swin": (ShiftedWindows, (16,), (24, 40), True), "mixed": (Mixed, (11, 17), (16, 16), False),
            "yolo_anchors": (YoloAnchors, (11, 17), (32, 64), True), "yolo_distributions": (YoloDistributions, (12, 17), (32, 64), True), "yolo_best": (YoloBest, (13, 17), (32, 64), True),
            "queries": (Queries, (16, 17), (32, 48), True), "pyramid": (Pyramid, (11, 17), (24, 40), True)}


def main(names):
    folder = pathlib.Path(__file__).parent / "onnx" / "exported"
    torch.set_num_threads(1)
    for name in names or NETWORKS:
        network, opsets, size, any_size = NETWORKS[name]
        torch.manual_seed(5)
        model = network().eval()
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.data.uniform_(-.5, 1)
        axes = {0: "N", 2: "H", 3: "W"} if any_size else {0: "N"}
        for opset in opsets:
            torch.onnx.export(model, torch.rand(2, 3, *size), str(folder / f"{name}_{opset}.onnx"), opset_version=opset, input_names=["image"], output_names=["result"],
                              dynamic_axes={"image": axes, "result": {0: "N"}})
            print(name, opset, (folder / f"{name}_{opset}.onnx").stat().st_size)


main(sys.argv[1:])
