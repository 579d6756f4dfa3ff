"""Writes methods/decoupled_distillation.json: DKD's two terms, each times T^2 and averaged over the batch, and the gradient of their sum.

Run from anywhere: python3 make_decoupled_distillation.py   (made with PyTorch 1.13)

TCKD is the KL of the two-way distributions [p_y, 1 - p_y], NCKD that of p_j / (1 - p_y) over the other classes, teacher first. Probabilities are taken
as they are, without logarithms until the end: in float64 and with logits of ordinary size that is exact enough. A second teacher makes an ensemble
(the weighted mean of softened probabilities), a second label a mixed image (the mean of both losses by share).
"""
import torch

from method_case import case, write


def probabilities(logits, temperature, labels):
    p = torch.softmax(logits / temperature, 1)
    return split(p, labels)


def split(p, labels):
    rows = torch.arange(p.shape[0])
    target = p[rows, labels]
    others = torch.ones_like(p, dtype=torch.bool)
    others[rows, labels] = False
    rest = p[others].reshape(p.shape[0], -1)
    return torch.stack([target, rest.sum(1)], 1), rest / rest.sum(1, keepdim=True)


def kl(p, q):
    return (p * (p.log() - q.log())).sum() / p.shape[0]


def terms(student, teacher, labels, temperature):
    s, t = probabilities(student, temperature, labels), split(teacher, labels)
    return torch.stack([kl(t[0], s[0]), kl(t[1], s[1])]) * temperature ** 2


def one(name, shape, temperature, weight=1.0, share=1.0):
    student = (3 * torch.randn(shape, dtype=torch.float64)).requires_grad_()
    teachers = [4 * torch.randn(shape, dtype=torch.float64) for _ in range(2)]
    labels, second = (torch.randint(0, shape[1], (shape[0],)) for _ in range(2))
    teacher = weight * torch.softmax(teachers[0] / temperature, 1) + (1 - weight) * torch.softmax(teachers[1] / temperature, 1)
    both = share * terms(student, teacher, labels, temperature) + (1 - share) * terms(student, teacher, second, temperature)
    return case(name, {"student": student, "teacher": teachers[0], "teacher2": teachers[1]}, {"tckd": both[0], "nckd": both[1]},
                {"temperature": temperature, "weight": weight, "share": share}, {"labels": labels, "second": second})


torch.manual_seed(12)
torch.set_num_threads(1)
write("decoupled_distillation", [
    one("4x6, T 4", (4, 6), 4.0), one("3x20, T 1", (3, 20), 1.0), one("2x2, two classes", (2, 2), 2.0),
    one("5x7, an ensemble", (5, 7), 4.0, weight=.3), one("6x5, mixed images", (6, 5), 3.0, share=.7)])
