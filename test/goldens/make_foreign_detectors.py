"""Writes onnx/yolo_decoded.onnx, onnx/yolo_raw.onnx, onnx/torchvision.onnx and onnx/detectors.json: small detectors as PyTorch's own exporter writes them, and what PyTorch computes.

Run from anywhere: python3 make_foreign_detectors.py   (made with PyTorch 1.13; the exporter needs no onnx package)

The YOLO network has three levels and is decoded as YOLOv5 does; what is found in it is suppressed by class here, box by box. The other one takes a single image of 0…1, takes ImageNet's
colours off by itself (with constants that the exporter leaves in nodes) and gives boxes, labels from 1 and scores, as torchvision's detectors do. All expected values are float64.
"""
import json
import pathlib

import torch
from torch import nn

ANCHORS = [[[12, 16], [19, 36]], [[36, 75], [76, 55]], [[72, 146], [142, 110]]]
STRIDES = [8, 16, 32]
CLASSES, SIZE, SCORE, IOU = 3, 64, .3, .5


class Yolo(nn.Module):
    def __init__(self, raw):
        super().__init__()
        self.raw = raw
        self.body = nn.ModuleList([nn.Conv2d(3, 6, 8, 8), nn.Conv2d(6, 8, 2, 2), nn.Conv2d(8, 8, 2, 2)])
        self.heads = nn.ModuleList([nn.Conv2d(c, 2 * (5 + CLASSES), 1) for c in (6, 8, 8)])

    def levels(self, x):
        out = []
        for body, head in zip(self.body, self.heads):
            x = torch.tanh(body(x))
            y = head(x)
            out.append(y.view(y.shape[0], 2, 5 + CLASSES, y.shape[2], y.shape[3]).permute(0, 1, 3, 4, 2).contiguous())
        return out

    def forward(self, x):
        levels = self.levels(x)
        return tuple(levels) if self.raw else decode(levels)


def decode(levels):
    rows = []
    for level, stride, anchors in zip(levels, STRIDES, ANCHORS):
        height, width = level.shape[2], level.shape[3]
        y, x = torch.meshgrid(torch.arange(height, dtype=level.dtype), torch.arange(width, dtype=level.dtype), indexing="ij")
        s = level.sigmoid()
        xy = (s[..., :2] * 2 - .5 + torch.stack((x, y), -1)) * stride
        wh = (s[..., 2:4] * 2) ** 2 * torch.tensor(anchors, dtype=level.dtype).view(1, -1, 1, 1, 2)
        rows.append(torch.cat((xy, wh, s[..., 4:]), -1).reshape(level.shape[0], -1, 5 + CLASSES))
    return torch.cat(rows, 1)


def overlap(a, b):
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(width, 0) * max(height, 0)
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def suppress(rows):
    found = []
    for c in range(CLASSES):
        boxes = [(x - w / 2, y - h / 2, x + w / 2, y + h / 2, o * p[c]) for x, y, w, h, o, *p in rows if o * p[c] > SCORE]
        kept = []
        for box in sorted(boxes, key=lambda b: -b[4]):
            if all(overlap(box, k) <= IOU for k in kept):
                kept.append(box)
        found += [[c, b[4], *b[:4]] for b in kept]
    return sorted(found, key=lambda f: -f[1])


class Boxes(nn.Module):
    def __init__(self):
        super().__init__()
        self.scores = nn.Conv2d(3, 4, 8, 8)

    def forward(self, image):
        mean, deviation = torch.tensor([.485, .456, .406], dtype=image.dtype), torch.tensor([.229, .224, .225], dtype=image.dtype)
        x = (image - mean[:, None, None]) / deviation[:, None, None]
        scores = self.scores(x.unsqueeze(0)).flatten(2)[0].sigmoid().max(1).values
        return scores.new_tensor([[0, 1, 8, 9], [2, 2, 30, 31], [5, 40, 20, 60], [1, 1, 63, 63]]) + scores.view(-1, 1), torch.tensor([1, 3, 2, 3]) + 0 * scores.long(), scores


def main():
    folder = pathlib.Path(__file__).parent / "onnx"
    torch.manual_seed(11)
    pixels = torch.randint(0, 256, (2, 3, SIZE, SIZE)).float()
    yolo = Yolo(False).eval()
    with torch.no_grad():
        for p in yolo.parameters():
            p.copy_(torch.randn_like(p) * (.12 if p.dim() == 4 and p.shape[2] == 8 else 1.1 if p.dim() == 4 else .2))
    axes = {"images": {0: "N"}}
    torch.onnx.export(yolo, pixels / 255, str(folder / "yolo_decoded.onnx"), opset_version=13, input_names=["images"], output_names=["output"], dynamic_axes=axes | {"output": {0: "N"}})
    yolo.raw = True
    names = ["p3", "p4", "p5"]
    torch.onnx.export(yolo, pixels / 255, str(folder / "yolo_raw.onnx"), opset_version=13, input_names=["images"], output_names=names, dynamic_axes=axes | {n: {0: "N"} for n in names})
    boxes = Boxes().eval()
    torch.onnx.export(boxes, pixels[0] / 255, str(folder / "torchvision.onnx"), opset_version=13, do_constant_folding=False, input_names=["image"], output_names=["boxes", "labels", "scores"])
    with torch.no_grad():
        levels = yolo.double().levels(pixels.double() / 255)
        found = [suppress(rows.tolist()) for rows in decode(levels)]
        given = [[t.tolist() for t in boxes.double()(image.double() / 255)] for image in pixels]
    golden = {
        "shape": list(pixels.shape), "pixels": [int(p) for p in pixels.flatten().tolist()], "anchors": [[v for a in level for v in a] for level in ANCHORS], "score": SCORE, "iou": IOU,
        "heads": [[round(v, 9) for v in level.flatten().tolist()] for level in levels], "found": found,
        "boxes": [[[label - 1, score, *box] for box, label, score in zip(*one)] for one in given],
    }
    (folder / "detectors.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    print([len(f) for f in found], [max(map(abs, level.flatten().tolist())) for level in levels])


if __name__ == "__main__":
    main()
