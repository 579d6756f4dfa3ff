"""Writes methods/box_overlap.json: IoU, GIoU and CIoU of boxes x0 y0 x1 y1, and their gradients, as PyTorch computes them in float64.

Run from anywhere: python3 make_box_overlap.py   (made with PyTorch 1.13)
"""
import math

import torch

from method_case import case, write


def boxes(count, spread):
    corner = torch.rand(count, 2, dtype=torch.float64) * spread
    return torch.cat([corner, corner + .2 + torch.rand(count, 2, dtype=torch.float64) * 3], 1)


def overlap(kind, a, b):
    """Of one pair of boxes, from the formulas; no two of the random boxes touch, so that nothing divides by 0."""
    (ax0, ay0, ax1, ay1), (bx0, by0, bx1, by1) = a, b
    zero = torch.zeros((), dtype=torch.float64)
    shared = torch.maximum(torch.minimum(ax1, bx1) - torch.maximum(ax0, bx0), zero) * torch.maximum(torch.minimum(ay1, by1) - torch.maximum(ay0, by0), zero)
    union = (ax1 - ax0) * (ay1 - ay0) + (bx1 - bx0) * (by1 - by0) - shared
    iou = shared / union
    if kind == "iou":
        return iou
    width, height = torch.maximum(ax1, bx1) - torch.minimum(ax0, bx0), torch.maximum(ay1, by1) - torch.minimum(ay0, by0)
    if kind == "giou":
        return iou - (width * height - union) / (width * height)
    distance = ((ax0 + ax1) / 2 - (bx0 + bx1) / 2) ** 2 + ((ay0 + ay1) / 2 - (by0 + by1) / 2) ** 2
    v = 4 / math.pi ** 2 * (torch.atan((bx1 - bx0) / (by1 - by0)) - torch.atan((ax1 - ax0) / (ay1 - ay0))) ** 2
    alpha = (v / (1 - iou + v + 1e-7)).detach()
    return iou - distance / (width ** 2 + height ** 2) - alpha * v


def make(kind, name, count, spread):
    first, second, weights = boxes(count, spread).requires_grad_(), boxes(count, spread).requires_grad_(), torch.rand(count, dtype=torch.float64)
    term = sum(w * overlap(kind, a, b) for w, a, b in zip(weights, first, second))
    return case(f"{kind}, {name}", {"first": first, "second": second, "weights": weights}, {kind: term})


torch.set_num_threads(1)
torch.manual_seed(31)
write("box_overlap", [make(kind, *c) for kind in ("iou", "giou", "ciou") for c in (("near", 6, 1.), ("far", 9, 4.))])
