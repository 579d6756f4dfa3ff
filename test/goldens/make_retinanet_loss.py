"""Writes methods/retinanet_loss.json: RetinaNet's focal and box losses and their gradients, as PyTorch computes them in float64, image by image from the formulas.

Run from anywhere: python3 make_retinanet_loss.py   (made with PyTorch 1.13)
"""
import math

import torch
import torch.nn.functional as F

from method_case import case, write

STRIDES, SIZES = [8, 16], [[(16, 16), (22, 11), (11, 22)], [(32, 32), (45, 23), (23, 45)]]
SOME = [[0, 1, 4., 4., 20., 21.], [0, 0, 7., 6., 22., 20.], [0, 2, 20., 2., 24., 5.], [1, 2, 1., 1., 46., 31.], [1, 0, 30., 10., 41., 31.]]
#        name, height, width, images, classes, box loss, gamma, low quality, objects
CASES = [("L1", 32, 48, 2, 3, "l1", 2., 1, SOME), ("GIoU", 32, 48, 2, 3, "giou", 1.5, 1, SOME), ("only good matches, one class", 32, 48, 2, 1, "l1", 2., 0, [[r[0], 0] + r[2:] for r in SOME]),
         ("no objects in one image", 16, 32, 3, 2, "giou", 2., 1, [[1, 1, 2., 3., 18., 15.]]), ("no objects", 16, 16, 2, 2, "l1", 2., 1, [])]


def anchors_of(height, width):
    """Level by level, each through its anchors, rows and columns."""
    found = []
    for stride, sizes in zip(STRIDES, SIZES):
        for w, h in sizes:
            for y in range(height // stride):
                for x in range(width // stride):
                    cx, cy = (x + .5) * stride, (y + .5) * stride
                    found.append([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2])
    return found


def iou(a, b):
    shared = max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def match(anchors, boxes, low_quality):
    """Of each anchor the place of its box, -1 for background, -2 for neither."""
    table = [[iou(a, b) for b in boxes] for a in anchors]
    best_of_box = [max(row[j] for row in table) for j in range(len(boxes))]
    found = []
    for row in table:
        best = max(row, default=0.)
        good = best >= .5 or (low_quality and any(v == top and top > 0 for v, top in zip(row, best_of_box)))
        found.append(row.index(best) if boxes and good else -1 if best < .4 else -2)
    return found


def giou(a, b):
    zero = torch.zeros((), dtype=torch.float64)
    shared = torch.maximum(torch.minimum(a[2], b[2]) - torch.maximum(a[0], b[0]), zero) * torch.maximum(torch.minimum(a[3], b[3]) - torch.maximum(a[1], b[1]), zero)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    hull = (torch.maximum(a[2], b[2]) - torch.minimum(a[0], b[0])) * (torch.maximum(a[3], b[3]) - torch.minimum(a[1], b[1]))
    return shared / union - (hull - union) / hull


def box_loss(kind, raw, anchor, box):
    w, h, cx, cy = anchor[2] - anchor[0], anchor[3] - anchor[1], (anchor[0] + anchor[2]) / 2, (anchor[1] + anchor[3]) / 2
    if kind == "l1":
        wanted = [((box[0] + box[2]) / 2 - cx) / w, ((box[1] + box[3]) / 2 - cy) / h, math.log((box[2] - box[0]) / w), math.log((box[3] - box[1]) / h)]
        return (raw - torch.tensor(wanted, dtype=torch.float64)).abs().sum()
    x, y, bw, bh = cx + raw[0] * w, cy + raw[1] * h, w * raw[2].exp(), h * raw[3].exp()
    return 1 - giou(torch.stack([x - bw / 2, y - bh / 2, x + bw / 2, y + bh / 2]), torch.tensor(box, dtype=torch.float64))


def focal(logit, positive, gamma):
    p = torch.sigmoid(logit)
    return -.25 * (1 - p) ** gamma * F.logsigmoid(logit) if positive else -.75 * p ** gamma * F.logsigmoid(-logit)


def make(name, height, width, images, classes, kind, gamma, low_quality, objects):
    shapes = [(images, len(s), height // r, width // r) for r, s in zip(STRIDES, SIZES)]
    scores = [torch.randn(*s, classes, dtype=torch.float64, requires_grad=True) for s in shapes]
    offsets = [(torch.randn(*s, 4, dtype=torch.float64) * .3).requires_grad_() for s in shapes]
    anchors = anchors_of(height, width)
    flat_scores, flat_offsets = (torch.cat([m.flatten(1, 3) for m in maps], 1) for maps in (scores, offsets))
    class_term, box_term, count, ignored = flat_scores.sum() * 0, flat_offsets.sum() * 0, 0, 0
    for n in range(images):
        own = [row for row in objects if row[0] == n]
        for r, place in enumerate(match(anchors, [row[2:6] for row in own], low_quality)):
            ignored += place == -2
            if place >= 0:
                count += 1
                box_term = box_term + box_loss(kind, flat_offsets[n, r], anchors[r], own[place][2:6])
            if place >= -1:
                for c in range(classes):
                    class_term = class_term + focal(flat_scores[n, r, c], place >= 0 and own[place][1] == c, gamma)
    print(name, "matches", count, "ignored", ignored)
    tensors = {f"{n}{i}": m for n, maps in (("scores", scores), ("offsets", offsets)) for i, m in enumerate(maps)}
    tensors["anchors"] = torch.tensor(anchors, dtype=torch.float64)
    tensors["targets"] = torch.tensor(objects, dtype=torch.float64).reshape(-1, 6)
    options = {"classes": classes, "giou": int(kind == "giou"), "gamma": gamma, "lowQuality": low_quality, "images": images}
    return case(name, tensors, {"class": class_term / max(count, 1), "box": box_term / max(count, 1)}, options)


torch.set_num_threads(1)
torch.manual_seed(35)
write("retinanet_loss", [make(*c) for c in CASES])
