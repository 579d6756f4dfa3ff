"""Writes methods/yolo_output.json and methods/yolo_feature.json: what a YOLO student learns of its teacher's raw predictions and feature maps, and the gradients, as PyTorch
computes them in float64.

Run from anywhere: python3 make_yolo_distillation.py   (made with PyTorch 1.13)
"""
import torch
import torch.nn.functional as F

from method_case import case, write

#         name, anchors, map sizes, classes, pixels of the input
OUTPUTS = [("three levels", 3, [(4, 8), (2, 4), (1, 2)], 3, 32 * 64), ("two levels, one class", 2, [(4, 4), (2, 2)], 1, 64 * 64)]
#          name, student maps, teacher maps, weighted by objectness
FEATURES = [("same sizes", [(2, 3, 4, 6), (2, 4, 2, 3)], [(2, 5, 4, 6), (2, 6, 2, 3)], 0), ("by objectness", [(2, 3, 4, 6), (2, 4, 2, 3)], [(2, 5, 4, 6), (2, 6, 2, 3)], 1),
            ("unlike sizes, by objectness", [(3, 2, 3, 3)], [(3, 4, 6, 6)], 1)]


def output(name, anchors, sizes, classes, pixels):
    shapes = [(2, anchors, h, w, 5 + classes) for h, w in sizes]
    student = [torch.randn(s, dtype=torch.float64, requires_grad=True) for s in shapes]
    teacher = [torch.randn(s, dtype=torch.float64) * 2 for s in shapes]
    terms = {"output box": 0., "output objectness": 0., "output class": 0.}
    for s, t in zip(student, teacher):
        seen = torch.sigmoid(t[..., 4])
        terms["output box"] += torch.stack([F.mse_loss(s[..., i], t[..., i], reduction="none") * seen for i in range(4)]).mean()
        terms["output objectness"] += ((s[..., 4] - t[..., 4]) ** 2 * seen).mean()
        if classes > 1:
            terms["output class"] += torch.stack([F.mse_loss(s[..., i], t[..., i], reduction="none") * seen for i in range(5, 5 + classes)]).mean()
    scale = 3 / len(sizes)
    gains = {"output box": .05 * scale, "output objectness": pixels / 640 ** 2 * scale, "output class": .5 * classes / 80 * scale}
    tensors = {f"{side}{i}": m for side, maps in (("student", student), ("teacher", teacher)) for i, m in enumerate(maps)}
    return case(name, tensors, {n: 10 * gains[n] * v for n, v in terms.items() if torch.is_tensor(v)}, {"classes": classes, "pixels": pixels})


def feature(name, student_shapes, teacher_shapes, weighted):
    student = [torch.randn(s, dtype=torch.float64, requires_grad=True) for s in student_shapes]
    teacher = [torch.randn(s, dtype=torch.float64) for s in teacher_shapes]
    weight = [torch.randn(t[1], s[1], 1, 1, dtype=torch.float64, requires_grad=True) for s, t in zip(student_shapes, teacher_shapes)]
    bias = [torch.randn(t[1], dtype=torch.float64, requires_grad=True) for t in teacher_shapes]
    heads = [torch.randn(t[0], 3, t[2], t[3], 6, dtype=torch.float64) for t in teacher_shapes]
    term = 0
    for s, t, w, b, h in zip(student, teacher, weight, bias, heads):
        size = [min(s.shape[2], t.shape[2]), min(s.shape[3], t.shape[3])]
        error = (F.adaptive_avg_pool2d(F.conv2d(s, w, b), size) - F.adaptive_avg_pool2d(t, size)) ** 2
        if weighted:
            seen = F.adaptive_avg_pool2d(torch.sigmoid(h[..., 4].max(1).values), size)
            term = term + torch.einsum("nchw,nhw->", error, seen) / max(1., seen.sum().item()) / t.shape[1]
        else:
            term = term + error.sum() / error.numel()
    groups = (("student", student), ("teacher", teacher), ("weight", weight), ("bias", bias), ("head", heads))
    return case(name, {f"{n}{i}": m for n, maps in groups for i, m in enumerate(maps)}, {"feature": term}, {"weighted": weighted})


torch.set_num_threads(1)
torch.manual_seed(33)
write("yolo_output", [output(*c) for c in OUTPUTS])
write("yolo_feature", [feature(*c) for c in FEATURES])
