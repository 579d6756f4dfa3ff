"""Writes methods/attention_transfer.json: attention transfer's term and its gradient as PyTorch computes them in float64.

Run from anywhere: python3 make_attention_transfer.py   (made with PyTorch 1.13)

Options: form 0 = code, mean of the squared difference; 1 = paper, half the length of the difference, over the number of images and places.
map 0 = sum |F|, 1 = sum |F|^p, 2 = max |F|^p; power p.
"""
import torch
import torch.nn.functional as F

from method_case import case, write

CASES = [
    ("code, equal sizes", 0, 1, 2.0, (4, 3, 4, 5), (4, 6, 4, 5)),
    ("code, larger teacher", 0, 1, 2.0, (3, 5, 4, 4), (3, 2, 8, 7)),
    ("code, larger student", 0, 1, 3.5, (2, 4, 7, 6), (2, 4, 3, 6)),
    ("paper", 1, 1, 2.0, (4, 3, 4, 5), (4, 6, 4, 5)),
    ("paper, sum of magnitudes", 1, 0, 2.0, (2, 3, 5, 5), (2, 3, 5, 5)),
    ("code, maximum", 0, 2, 4.0, (3, 4, 3, 3), (3, 5, 3, 3)),
]


def attention(features, kind, power):
    size = features.abs()
    joined = [lambda: size.sum(1), lambda: (size ** power).sum(1), lambda: (size ** power).amax(1)][kind]().flatten(1)
    return joined / (joined ** 2).sum(1, keepdim=True).sqrt()


def make(name, form, kind, power, student_shape, teacher_shape):
    student = torch.randn(student_shape, dtype=torch.float64, requires_grad=True)
    teacher = torch.randn(teacher_shape, dtype=torch.float64)
    size = [min(student_shape[2], teacher_shape[2]), min(student_shape[3], teacher_shape[3])]
    difference = attention(F.adaptive_avg_pool2d(student, size), kind, power) - attention(F.adaptive_avg_pool2d(teacher, size), kind, power)
    term = (difference ** 2).mean() if form == 0 else (difference ** 2).sum(1).sqrt().sum() / 2 / difference.numel()
    return case(name, {"student": student, "teacher": teacher}, {"at": term}, {"form": form, "map": kind, "power": power})


torch.set_num_threads(1)
torch.manual_seed(21)
write("attention_transfer", [make(*c) for c in CASES])
