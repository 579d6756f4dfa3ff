"""Writes methods/knowledge_distillation.json: Hinton's loss and its gradient as PyTorch computes them in float64.

Run from anywhere: python3 make_knowledge_distillation.py   (made with PyTorch 1.13)

Each case: shape, temperature, alpha, logits of both sides, labels; divergence = T^2 KL(teacher || student), summed over classes and averaged over the
batch, with its gradient by the student's logits; total = (1 - alpha) CE + alpha divergence, with its gradient too.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

CASES = [((5, 7), 1.0, .5), ((5, 7), 4.0, .9), ((3, 100), 4.0, .9), ((8, 10), 20.0, .1), ((1, 2), .5, 1.0)]


def case(shape, temperature, alpha):
    student = (3 * torch.randn(shape, dtype=torch.float64)).requires_grad_()
    teacher = 5 * torch.randn(shape, dtype=torch.float64)
    labels = torch.randint(0, shape[1], (shape[0],))
    kl = F.kl_div(F.log_softmax(student / temperature, 1), F.softmax(teacher / temperature, 1), reduction="batchmean")
    divergence = temperature ** 2 * kl
    total = (1 - alpha) * F.cross_entropy(student, labels) + alpha * divergence
    gradient, = torch.autograd.grad(divergence, student, retain_graph=True)
    total_gradient, = torch.autograd.grad(total, student)
    return {"shape": shape, "temperature": temperature, "alpha": alpha, "student": student.flatten().tolist(), "teacher": teacher.flatten().tolist(),
            "labels": labels.tolist(), "divergence": divergence.item(), "gradient": gradient.flatten().tolist(),
            "total": total.item(), "totalGradient": total_gradient.flatten().tolist()}


def main():
    torch.manual_seed(11)
    folder = pathlib.Path(__file__).parent / "methods"
    folder.mkdir(exist_ok=True)
    (folder / "knowledge_distillation.json").write_text(json.dumps([case(*c) for c in CASES]) + "\n")


main()
