"""Writes methods/yolo_loss.json: YOLOv5's loss and its gradients, as PyTorch computes them in float64, object by object from the formulas.

Run from anywhere: python3 make_yolo_loss.py   (made with PyTorch 1.13)
"""
import math

import torch
import torch.nn.functional as F

from method_case import case, write

STRIDES = [8, 16, 32]
ANCHORS = [[(7., 9.), (12., 8.)], [(16., 20.), (30., 14.)], [(28., 40.), (60., 31.)]]
# image, class, x0 y0 x1 y1
SOME = [[0, 1, 3., 2., 11., 13.], [0, 0, 20., 5., 29., 12.], [0, 2, 21., 4., 30., 12.], [1, 1, 10., 1., 63., 31.], [1, 2, 40., 10., 60., 29.], [1, 0, 0., 0., 1., 2.]]
EDGES = [[0, 0, 56., 24., 64., 32.], [0, 0, 0., 0., 8., 8.], [1, 0, 28., 4., 36., 12.], [1, 0, 59., 20., 69., 28.]]
#        name, height, width, classes, smoothing, threshold, objects
CASES = [("three classes", 32, 64, 3, 0., 4., SOME), ("smoothed labels", 64, 32, 3, .1, 3., [r[:2] + [r[3], r[2], r[5], r[4]] for r in SOME]),
         ("one class, at the edges", 32, 64, 1, 0., 4., EDGES), ("no objects", 32, 64, 2, 0., 4., []),
         ("unsure classes", 32, 64, 3, 0., 4., [r + [.3 + .1 * i] for i, r in enumerate(SOME)])]


def ciou(box, truth):
    """Of boxes as centre and size."""
    def corners(b):
        return b[0] - b[2] / 2, b[1] - b[3] / 2, b[0] + b[2] / 2, b[1] + b[3] / 2

    (ax0, ay0, ax1, ay1), (bx0, by0, bx1, by1) = corners(box), corners(truth)
    zero = torch.zeros((), dtype=torch.float64)
    shared = torch.maximum(torch.minimum(ax1, bx1) - torch.maximum(ax0, bx0), zero) * torch.maximum(torch.minimum(ay1, by1) - torch.maximum(ay0, by0), zero)
    iou = shared / (box[2] * box[3] + truth[2] * truth[3] - shared)
    diagonal = (torch.maximum(ax1, bx1) - torch.minimum(ax0, bx0)) ** 2 + (torch.maximum(ay1, by1) - torch.minimum(ay0, by0)) ** 2
    v = 4 / math.pi ** 2 * (torch.atan(truth[2] / truth[3]) - torch.atan(box[2] / box[3])) ** 2
    alpha = (v / (1 - iou + v + 1e-7)).detach()
    return iou - ((box[0] - truth[0]) ** 2 + (box[1] - truth[1]) ** 2) / diagonal - alpha * v


def cells(x, y, width, height):
    """The object's own cell and the neighbours it is nearer to, none outside."""
    own_x, own_y = min(int(x), width - 1), min(int(y), height - 1)
    found = [(own_x, own_y)]
    if x % 1 < .5 and x > 1:
        found.append((int(x - .5), own_y))
    if y % 1 < .5 and y > 1:
        found.append((own_x, int(y - .5)))
    if (width - x) % 1 < .5 and width - x > 1:
        found.append((int(x + .5), own_y))
    if (height - y) % 1 < .5 and height - y > 1:
        found.append((own_x, int(y + .5)))
    return found


def matches(objects, stride, anchors, width, height, threshold):
    for row in objects:
        image, label, (x0, y0, x1, y1) = int(row[0]), int(row[1]), [v / stride for v in row[2:6]]
        confidence = row[6] if len(row) > 6 else 1
        x, y, w, h = (x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0
        for a, (aw, ah) in enumerate(anchors):
            aw, ah = aw / stride, ah / stride
            if max(w / aw, aw / w, h / ah, ah / h) < threshold:
                for cx, cy in cells(x, y, width, height):
                    yield image, a, cy, cx, label, confidence, torch.tensor([x - cx, y - cy, w, h], dtype=torch.float64), (aw, ah)


def level(head, objects, stride, anchors, classes, smoothing, threshold):
    _, _, height, width, _ = head.shape
    wanted = torch.zeros(head.shape[:4], dtype=torch.float64)
    box, label_loss, count = 0., 0., 0
    for image, a, cy, cx, label, confidence, truth, anchor in matches(objects, stride, anchors, width, height, threshold):
        raw = head[image, a, cy, cx]
        predicted = torch.stack([raw[0].sigmoid() * 2 - .5, raw[1].sigmoid() * 2 - .5, (raw[2].sigmoid() * 2) ** 2 * anchor[0], (raw[3].sigmoid() * 2) ** 2 * anchor[1]])
        overlap = ciou(predicted, truth)
        box = box + 1 - overlap
        wanted[image, a, cy, cx] = max(wanted[image, a, cy, cx].item(), overlap.item())
        target = torch.full((classes,), smoothing / 2, dtype=torch.float64)
        target[label] = smoothing / 2 + (1 - smoothing) * confidence
        label_loss = label_loss + F.binary_cross_entropy_with_logits(raw[5:], target)
        count += 1
    nothing = head.sum() * 0
    return nothing + box / max(count, 1), F.binary_cross_entropy_with_logits(head[..., 4], wanted), nothing + label_loss / max(count, 1), count


def make(name, height, width, classes, smoothing, threshold, objects):
    heads = [torch.randn(2, len(a), height // s, width // s, 5 + classes, dtype=torch.float64, requires_grad=True) for s, a in zip(STRIDES, ANCHORS)]
    levels = [level(h, objects, s, a, classes, smoothing, threshold) for h, s, a in zip(heads, STRIDES, ANCHORS)]
    print(name, "matches", [one[3] for one in levels])
    terms = {"box": .05 * 2 * sum(one[0] for one in levels),
             "objectness": height * width / 640 ** 2 * 2 * sum(b * one[1] for b, one in zip((4, 1, .4), levels))}
    if classes > 1:
        terms["class"] = .5 * classes / 80 * 2 * sum(one[2] for one in levels)
    columns = len(objects[0]) if objects else 6
    tensors = {f"head{i}": h for i, h in enumerate(heads)}
    tensors["targets"] = torch.tensor(objects, dtype=torch.float64).reshape(-1, columns)
    tensors["anchors"] = torch.tensor(ANCHORS, dtype=torch.float64)
    return case(name, tensors, terms, {"classes": classes, "smoothing": smoothing, "threshold": threshold})


torch.set_num_threads(1)
torch.manual_seed(32)
write("yolo_loss", [make(*c) for c in CASES])
