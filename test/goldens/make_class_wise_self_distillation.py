"""Writes methods/class_wise_self_distillation.json: CS-KD's term of an image's logits and its companion's, in float64.

Run from anywhere: python3 make_class_wise_self_distillation.py   (made with PyTorch 1.13)
"""
import torch
import torch.nn.functional as F

from method_case import case, write


def make(shape, temperature):
    student = (3 * torch.randn(shape, dtype=torch.float64)).requires_grad_()
    companion = 3 * torch.randn(shape, dtype=torch.float64)
    term = temperature ** 2 * F.kl_div(F.log_softmax(student / temperature, 1), F.softmax(companion / temperature, 1), reduction="batchmean")
    return case(f"{shape} T {temperature}", {"student": student, "companion": companion}, {"cs-kd": term}, {"temperature": temperature})


torch.manual_seed(21)
write("class_wise_self_distillation", [make((4, 6), 4.0), make((3, 50), 1.0), make((7, 2), 9.0)])
