"""Writes methods/fsp_distillation.json: the flow of the solution procedure between stages, and its gradients, as PyTorch computes them in float64.

Run from anywhere: python3 make_fsp_distillation.py   (made with PyTorch 1.13)
"""
import torch
import torch.nn.functional as F

from method_case import case, write

CASES = [("two stages", [(3, 2, 4, 4), (3, 4, 4, 4)], [(3, 2, 5, 5), (3, 4, 5, 5)]),
         ("three stages of falling size", [(2, 2, 6, 6), (2, 3, 3, 3), (2, 4, 2, 2)], [(2, 2, 8, 6), (2, 3, 4, 3), (2, 4, 2, 1)])]


def matrix(a, b):
    size = [min(a.shape[2], b.shape[2]), min(a.shape[3], b.shape[3])]
    return torch.einsum("nihw,njhw->nij", F.adaptive_avg_pool2d(a, size), F.adaptive_avg_pool2d(b, size)) / (size[0] * size[1])


def make(name, student_shapes, teacher_shapes):
    student = [torch.randn(s, dtype=torch.float64, requires_grad=True) for s in student_shapes]
    teacher = [torch.randn(s, dtype=torch.float64) for s in teacher_shapes]
    term = sum(F.mse_loss(matrix(*student[i:i + 2]), matrix(*teacher[i:i + 2])) for i in range(len(student) - 1))
    tensors = {f"{side}{i}": m for side, maps in (("student", student), ("teacher", teacher)) for i, m in enumerate(maps)}
    return case(name, tensors, {"fsp": term}, {"stages": len(student)})


torch.set_num_threads(1)
torch.manual_seed(25)
write("fsp_distillation", [make(*c) for c in CASES])
