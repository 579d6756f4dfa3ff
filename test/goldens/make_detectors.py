"""Writes detectors/detectors.json: the detectors stated again in PyTorch, how many parameters they have, what they compute and what their boxes are.

Run from anywhere: python3 make_detectors.py   (made with PyTorch 1.13 and torchvision 0.14; a minute)

Written from the published tables of layers and formulas. Weights are filled by name and place as in make_students.py. Of each tensor every 7th value is kept.
Each case, in double precision: an image of two sizes in evaluation: head tensors, decoded boxes and scores, sums of the neck's and the backbone's maps; at the
first size in training: head tensors, each weight's gradient (its norm) of the heads' weighted sum, and each BatchNorm's new statistics (their sum).
"""
import json
import math
import pathlib

import torch
import torchvision
from torch import nn

from make_students import Basic, Bottle, Unit, filled, group, rounded, uniform

STEP = 7
YOLO_ANCHORS = [[(10, 13), (16, 30), (33, 23)], [(30, 61), (62, 45), (59, 119)], [(116, 90), (156, 198), (373, 326)]]


class Conv(nn.Module):
    def __init__(self, c1, c2, k, s=1, p=None):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, k, s, k // 2 if p is None else p, bias=False)
        self.bn = nn.BatchNorm2d(c2, eps=1e-3, momentum=.03)

    def forward(self, x):
        y = self.bn(self.conv(x))
        return y * torch.sigmoid(y)


class Pair(nn.Module):
    def __init__(self, c, adds):
        super().__init__()
        self.cv1, self.cv2, self.adds = Conv(c, c, 1), Conv(c, c, 3), adds

    def forward(self, x):
        y = self.cv2(self.cv1(x))
        return x + y if self.adds else y


class Csp(nn.Module):
    def __init__(self, c1, c2, n, adds):
        super().__init__()
        self.cv1, self.cv2, self.cv3 = Conv(c1, c2 // 2, 1), Conv(c1, c2 // 2, 1), Conv(c2, c2, 1)
        self.m = nn.Sequential(*[Pair(c2 // 2, adds) for _ in range(n)])

    def forward(self, x):
        return self.cv3(torch.cat((self.m(self.cv1(x)), self.cv2(x)), 1))


class Pools(nn.Module):
    def __init__(self, c1, c2):
        super().__init__()
        self.cv1, self.cv2 = Conv(c1, c1 // 2, 1), Conv(c1 * 2, c2, 1)

    def forward(self, x):
        # Windows of 5, 9 and 13 at once rather than one after another.
        x = self.cv1(x)
        return self.cv2(torch.cat([x] + [nn.functional.max_pool2d(x, k, 1, k // 2) for k in (5, 9, 13)], 1))


def up(x):
    return x.repeat_interleave(2, 2).repeat_interleave(2, 3)


def apart(x, anchors, length):
    n, _, h, w = x.shape
    return x.view(n, anchors, length, h, w).permute(0, 1, 3, 4, 2)


class Yolo(nn.Module):
    def __init__(self, depth, width, classes):
        super().__init__()
        c0, c1, c2, c3, c4 = [math.ceil(c * width / 8) * 8 for c in (64, 128, 256, 512, 1024)]
        n3, n6, n9 = [max(round(n * depth), 1) for n in (3, 6, 9)]
        self.classes = classes
        self.backbone = nn.ModuleDict({
            "stem": Conv(3, c0, 6, 2, 2),
            "stage1": nn.Sequential(Conv(c0, c1, 3, 2), Csp(c1, c1, n3, True)),
            "stage2": nn.Sequential(Conv(c1, c2, 3, 2), Csp(c2, c2, n6, True)),
            "stage3": nn.Sequential(Conv(c2, c3, 3, 2), Csp(c3, c3, n9, True)),
            "stage4": nn.Sequential(Conv(c3, c4, 3, 2), Csp(c4, c4, n3, True), Pools(c4, c4)),
        })
        self.neck = nn.ModuleDict({
            "reduce5": Conv(c4, c3, 1), "merge4": Csp(2 * c3, c3, n3, False), "reduce4": Conv(c3, c2, 1), "out3": Csp(2 * c2, c2, n3, False),
            "down3": Conv(c2, c2, 3, 2), "out4": Csp(2 * c2, c3, n3, False), "down4": Conv(c3, c3, 3, 2), "out5": Csp(2 * c3, c4, n3, False),
        })
        self.head = nn.ModuleList([nn.Conv2d(c, 3 * (5 + classes), 1) for c in (c2, c3, c4)])

    def forward(self, x):
        backbone = []
        for stage in self.backbone.values():
            x = stage(x)
            backbone.append(x)
        k = self.neck
        p5 = k["reduce5"](backbone[4])
        p4 = k["reduce4"](k["merge4"](torch.cat((up(p5), backbone[3]), 1)))
        out3 = k["out3"](torch.cat((up(p4), backbone[2]), 1))
        out4 = k["out4"](torch.cat((k["down3"](out3), p4), 1))
        out5 = k["out5"](torch.cat((k["down4"](out4), p5), 1))
        neck = [out3, out4, out5]
        return [[apart(h(m), 3, 5 + self.classes)] for h, m in zip(self.head, neck)], neck, backbone

    def decode(self, levels):
        boxes, scores = [], []
        for (raw,), anchors, stride in zip(levels, YOLO_ANCHORS, (8, 16, 32)):
            p = torch.sigmoid(raw)
            rows, columns = torch.meshgrid(torch.arange(raw.shape[2]).double(), torch.arange(raw.shape[3]).double(), indexing="ij")
            x, y = (2 * p[..., 0] - .5 + columns) * stride, (2 * p[..., 1] - .5 + rows) * stride
            aw, ah = torch.tensor(anchors).double().view(3, 2, 1, 1).unbind(1)
            w, h = (2 * p[..., 2]) ** 2 * aw, (2 * p[..., 3]) ** 2 * ah
            boxes.append(torch.stack((x - w / 2, y - h / 2, x + w / 2, y + h / 2), -1).flatten(1, 3))
            scores.append((p[..., 4:5] * p[..., 5:]).flatten(1, 3))
        return torch.cat(boxes, 1), torch.cat(scores, 1)


class Tower(nn.ModuleList):
    def __init__(self, width, outputs):
        super().__init__([nn.Conv2d(width, width if i < 4 else outputs, 3, padding=1) for i in range(5)])

    def forward(self, x):
        for layer in list(self)[:4]:
            x = torch.relu(layer(x))
        return self[4](x)


class Retina(nn.Module):
    def __init__(self, depth, width, classes):
        super().__init__()
        block, expansion, counts = {18: (Basic, 1, (2, 2, 2, 2)), 34: (Basic, 1, (3, 4, 6, 3)), 50: (Bottle, 4, (3, 4, 6, 3))}[depth]
        stages, inputs = {"stem": Unit(3, 64, 7, 2)}, 64
        for g, count in enumerate(counts):
            outputs = (64, 128, 256, 512)[g] * expansion
            stages[f"layer{g + 1}"] = group(block, inputs, outputs, 2 if g else 1, count)
            inputs = outputs
        self.classes = classes
        self.backbone = nn.ModuleDict(stages)
        self.neck = nn.ModuleDict({f"inner{i}": nn.Conv2d(128 * 2 ** (i - 3) * expansion, width, 1) for i in (3, 4, 5)})
        self.neck.update({f"p{i}": nn.Conv2d(width, width, 3, 2 if i > 5 else 1, 1) for i in range(3, 8)})
        self.head = nn.ModuleDict({"classes": Tower(width, 9 * classes), "boxes": Tower(width, 36)})

    def forward(self, x):
        backbone = []
        for name, stage in self.backbone.items():
            x = stage(nn.functional.max_pool2d(x, 3, 2, 1) if name == "layer1" else x)
            backbone.append(x)
        k = self.neck
        inner5 = k["inner5"](backbone[4])
        inner4 = k["inner4"](backbone[3]) + up(inner5)
        inner3 = k["inner3"](backbone[2]) + up(inner4)
        neck = [k["p3"](inner3), k["p4"](inner4), k["p5"](inner5)]
        neck.append(k["p6"](neck[2]))
        neck.append(k["p7"](torch.relu(neck[3])))
        return [[apart(self.head["boxes"](m), 9, 4), apart(self.head["classes"](m), 9, self.classes)] for m in neck], neck, backbone

    def decode(self, levels):
        boxes, scores = [], []
        for i, (deltas, classes) in enumerate(levels):
            stride = 8 * 2 ** i
            sizes = [(4 * stride * 2 ** (o / 3), ratio) for ratio in (.5, 1, 2) for o in range(3)]
            aw = torch.tensor([s / math.sqrt(r) for s, r in sizes]).double().view(9, 1, 1)
            ah = torch.tensor([s * math.sqrt(r) for s, r in sizes]).double().view(9, 1, 1)
            rows, columns = torch.meshgrid(torch.arange(classes.shape[2]).double(), torch.arange(classes.shape[3]).double(), indexing="ij")
            x, y = deltas[..., 0] * aw + columns * stride, deltas[..., 1] * ah + rows * stride
            limit = math.log(1000 / 16)
            w, h = torch.exp(deltas[..., 2].clamp(max=limit)) * aw, torch.exp(deltas[..., 3].clamp(max=limit)) * ah
            boxes.append(torch.stack((x - w / 2, y - h / 2, x + w / 2, y + h / 2), -1).flatten(1, 3))
            scores.append(torch.sigmoid(classes).flatten(1, 3))
        return torch.cat(boxes, 1), torch.cat(scores, 1)


CASES = {"yolov5": lambda: Yolo(.33, .125, 3), "retinanet": lambda: Retina(18, 32, 3)}
SIZES = ((2, 3, 64, 96), (1, 3, 96, 32))
COUNTED = {
    "yolov5n": lambda n: Yolo(.33, .25, n), "yolov5s": lambda n: Yolo(.33, .5, n), "yolov5m": lambda n: Yolo(.67, .75, n), "yolov5l": lambda n: Yolo(1, 1, n),
    "yolov5x": lambda n: Yolo(1.33, 1.25, n), "retinanet_resnet18": lambda n: Retina(18, 256, n), "retinanet_resnet34": lambda n: Retina(34, 256, n),
    "retinanet_resnet50": lambda n: Retina(50, 256, n),
}


def count(network):
    return sum(p.numel() for p in network.parameters())


def sampled(tensor):
    return rounded(tensor.flatten()[::STEP])


def case(name, create):
    network = create().double()
    with torch.no_grad():
        for key, values in network.state_dict().items():
            if not key.endswith("num_batches_tracked"):
                values.copy_(filled(key, tuple(values.shape)))
        views = []
        for shape in SIZES:
            levels, neck, backbone = network.eval()(4 * uniform("image", shape))
            boxes, scores = network.decode(levels)
            views.append({"shape": shape, "heads": [[sampled(t) for t in level] for level in levels], "boxes": sampled(boxes), "scores": sampled(scores),
                          "neck": [rounded(m.sum())[0] for m in neck], "backbone": [rounded(m.sum())[0] for m in backbone],
                          "neckShapes": [list(m.shape) for m in neck], "backboneShapes": [list(m.shape) for m in backbone]})
    levels = network.train()(4 * uniform("image", SIZES[0]))[0]
    heads = [t for level in levels for t in level]
    sum((t * uniform(f"probe {i}", tuple(t.shape))).sum() for i, t in enumerate(heads)).backward()
    return {"name": name, "views": views, "trainingHeads": [[sampled(t) for t in level] for level in levels],
            "gradients": {k: rounded(p.grad.norm())[0] for k, p in network.named_parameters()},
            "statistics": {k: rounded(b.sum())[0] for k, b in network.named_buffers() if not k.endswith("num_batches_tracked")}}


def main():
    torch.set_num_threads(1)
    cases = [case(name, create) for name, create in CASES.items()]
    counts = {name: {str(n): count(create(n)) for n in (1, 20, 80, 91)} for name, create in COUNTED.items()}
    theirs = torchvision.models.detection.retinanet_resnet50_fpn(weights=None, weights_backbone=None, num_classes=91)
    print(counts, count(theirs))
    result = {"parameters": counts, "torchvisionRetinaNet": count(theirs), "step": STEP, "cases": cases}
    (pathlib.Path(__file__).parent / "detectors" / "detectors.json").write_text(json.dumps(result) + "\n")


main()
