"""Writes methods/hint_distillation.json: FitNets' hint through conv1x1, batch normalisation and ReLU, and its gradients, as PyTorch computes them in float64.

Run from anywhere: python3 make_hint_distillation.py   (made with PyTorch 1.13)
"""
import torch
import torch.nn.functional as F

from method_case import case, write

CASES = [("one size", 1, (3, 2, 4, 4), (3, 5, 4, 4)), ("larger student", 1, (4, 3, 6, 7), (4, 2, 3, 3)), ("larger teacher, no ReLU", 0, (3, 2, 3, 3), (3, 4, 6, 5))]


def make(name, rectify, student_shape, teacher_shape):
    student = torch.randn(student_shape, dtype=torch.float64, requires_grad=True)
    teacher = torch.randn(teacher_shape, dtype=torch.float64)
    weight = torch.randn(teacher_shape[1], student_shape[1], 1, 1, dtype=torch.float64, requires_grad=True)
    size = [min(student_shape[2], teacher_shape[2]), min(student_shape[3], teacher_shape[3])]
    adapted = F.batch_norm(F.conv2d(F.adaptive_avg_pool2d(student, size), weight), None, None, training=True)
    adapted = adapted.clamp(min=0) if rectify else adapted
    term = F.mse_loss(adapted, F.adaptive_avg_pool2d(teacher, size))
    return case(name, {"student": student, "teacher": teacher, "weight": weight}, {"hint": term}, {"rectify": rectify})


torch.set_num_threads(1)
torch.manual_seed(24)
write("hint_distillation", [make(*c) for c in CASES])
