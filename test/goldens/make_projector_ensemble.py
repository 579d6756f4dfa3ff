"""Writes methods/projector_ensemble.json: PEFD's term and its gradients as PyTorch computes them in float64.

Run from anywhere: python3 make_projector_ensemble.py   (made with PyTorch 1.13)
"""
import torch
import torch.nn.functional as F

from method_case import case, write

CASES = [("none", 0, 4, 6, 6), ("one", 1, 5, 4, 7), ("three", 3, 4, 5, 6)]


def make(name, count, n, student_size, teacher_size):
    def learnt(*shape):
        return torch.randn(shape, dtype=torch.float64, requires_grad=True)
    student, teacher = learnt(n, student_size), torch.randn(n, teacher_size, dtype=torch.float64)
    weights, biases = [learnt(teacher_size, student_size) for _ in range(count)], [learnt(teacher_size) for _ in range(count)]
    z = sum(F.relu(F.linear(student, w, b)) for w, b in zip(weights, biases)) / count if count else student
    term = (1 - (z * teacher).sum(1) / (z.norm(dim=1) * teacher.norm(dim=1))).mean()
    tensors = {"student": student, "teacher": teacher}
    tensors.update({f"weight{i}": w for i, w in enumerate(weights)})
    tensors.update({f"bias{i}": b for i, b in enumerate(biases)})
    return case(name, tensors, {"pefd": term}, {"projectors": count})


torch.set_num_threads(1)
torch.manual_seed(26)
write("projector_ensemble", [make(*c) for c in CASES])
