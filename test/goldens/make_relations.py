"""Writes methods/similarity_preserving.json, relational_distillation.json and correlation_congruence.json: terms on relations between the images of a batch,
and their gradients, as PyTorch computes them in float64.

Run from anywhere: python3 make_relations.py   (made with PyTorch 1.13)
"""
import math

import torch
import torch.nn.functional as F

from method_case import case, write


def normal(*shape, learnt=False):
    return torch.randn(shape, dtype=torch.float64).requires_grad_(learnt)


def unit(x):
    return x / (x ** 2).sum(-1, keepdim=True).sqrt()


def similarity(name, student_shape, teacher_shape):
    student, teacher = normal(*student_shape, learnt=True), normal(*teacher_shape)
    grams = [unit(f.flatten(1) @ f.flatten(1).t()) for f in (student, teacher)]
    return case(name, {"student": student, "teacher": teacher}, {"sp": ((grams[1] - grams[0]) ** 2).sum() / student_shape[0] ** 2})


def distances(e):
    n = len(e)
    d = torch.stack([torch.stack([e.new_zeros(()) if i == j else ((e[i] - e[j]) ** 2).sum().sqrt() for j in range(n)]) for i in range(n)])
    return d / d[d > 0].mean()


def angles(e):
    rows = []
    for i in range(len(e)):
        u = [torch.zeros_like(e[i]) if j == i else unit(e[j] - e[i]) for j in range(len(e))]
        rows.append(torch.stack([torch.stack([a @ b for b in u]) for a in u]))
    return torch.stack(rows)


def relational(name, term, n, student_size, teacher_size):
    student, teacher = normal(n, student_size, learnt=True), normal(n, teacher_size)
    of = distances if term == "rkd distance" else angles
    return case(name, {"student": student, "teacher": teacher}, {term: F.smooth_l1_loss(of(student), of(teacher))})


def kernel(e, gamma, order):
    products = unit(e) @ unit(e).t()
    return math.exp(-2 * gamma) * sum((2 * gamma) ** p / math.factorial(p) * products ** p for p in range(order + 1))


def congruence(name, n, student_size, teacher_size, gamma, order):
    student, teacher = normal(n, student_size, learnt=True), normal(n, teacher_size)
    term = ((kernel(student, gamma, order) - kernel(teacher, gamma, order)) ** 2).sum() / n ** 2
    return case(name, {"student": student, "teacher": teacher}, {"cc": term}, {"form": 0, "gamma": gamma, "order": order})


def neighbours(name, n, size):
    # Both are embeddings that are trained: both get gradients.
    student, teacher = normal(n, size, learnt=True), normal(n, size, learnt=True)
    delta = (unit(student) - unit(teacher)).abs()
    term = sum((delta[b] * delta[b + 1]).sum() for b in range(n - 1)) / (n - 1)
    return case(name, {"student": student, "teacher": teacher}, {"cc": term}, {"form": 1})


torch.set_num_threads(1)
torch.manual_seed(23)
write("similarity_preserving", [similarity("one size", (5, 3, 2, 2), (5, 3, 2, 2)), similarity("other sizes", (4, 2, 3, 3), (4, 5, 2, 4))])
write("relational_distillation", [
    relational("distance", "rkd distance", 6, 4, 4), relational("distance, longer teacher", "rkd distance", 4, 3, 8),
    relational("angle", "rkd angle", 5, 4, 4), relational("angle, longer teacher", "rkd angle", 4, 3, 8)])
write("correlation_congruence", [
    congruence("paper", 6, 4, 4, .4, 2), congruence("paper, order 5", 4, 3, 7, 1.5, 5), neighbours("code", 6, 4), neighbours("code, longer", 3, 16)])
