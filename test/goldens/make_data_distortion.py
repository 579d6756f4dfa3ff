"""Writes methods/data_distortion.json: DDGSD's three terms of two views, in float64.

Run from anywhere: python3 make_data_distortion.py   (made with PyTorch 1.13)
The total that gradients are of is the plain sum of the terms.
"""
import torch
import torch.nn.functional as F

from method_case import case, write


def divergence(student, teacher, temperature):
    return temperature ** 2 * F.kl_div(F.log_softmax(student / temperature, 1), F.softmax(teacher.detach() / temperature, 1), reduction="batchmean")


def make(batch, classes, width, temperature):
    first, second = ((3 * torch.randn(batch, classes, dtype=torch.float64)).requires_grad_() for _ in range(2))
    embedding, other = (torch.rand(batch, width, dtype=torch.float64).requires_grad_() for _ in range(2))
    labels = torch.randint(0, classes, (batch,))
    terms = {
        "second": F.cross_entropy(second, labels),
        "kd": divergence(first, second, temperature) + divergence(second, first, temperature),
        "mmd": (embedding.mean(0) - other.mean(0)).pow(2).sum(),
    }
    return case(f"{batch}x{classes}x{width} T {temperature}", {"first": first, "second": second, "embedding": embedding, "other": other}, terms,
                {"temperature": temperature}, {"labels": labels})


torch.manual_seed(22)
write("data_distortion", [make(4, 6, 5, 3.0), make(3, 20, 8, 1.0), make(6, 2, 3, 7.0)])
