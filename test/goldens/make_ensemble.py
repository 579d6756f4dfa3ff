"""Writes methods/ensemble.json: what an ensemble of teachers says, and distillation from it, as PyTorch computes them in float64.

Run from anywhere: python3 make_ensemble.py   (made with PyTorch 1.13)

With members' logits z_k and weights w_k that add up to 1: log p = log sum_k w_k softmax(z_k / T). Each case has the members' logits, log p at T
("logProbabilities") and at 1 ("logits"), the sum of log p times fixed coefficients ("weighted"), whose gradient by the members is given, and
"kd" = T^2 KL(p || softmax(student / T)), summed over classes and averaged over the batch, whose gradient by the student is given.
"""
import torch
import torch.nn.functional as F

from method_case import case, write

CASES = [("one member", (4, 5), [1.0], 2.0), ("two members", (5, 7), [.25, .75], 4.0), ("three members", (3, 100), [.5, .3, .2], 1.0), ("softer", (2, 3), [.9, .1], 20.0)]


def log_mean(members, weights, temperature):
    return sum(w * F.softmax(z / temperature, 1) for z, w in zip(members, weights)).log()


def ensemble(name, shape, weights, temperature):
    members = [(4 * torch.randn(shape, dtype=torch.float64)).requires_grad_() for _ in weights]
    student = (3 * torch.randn(shape, dtype=torch.float64)).requires_grad_()
    coefficients = torch.randn(shape, dtype=torch.float64)
    log_p = log_mean(members, weights, temperature)
    kl = F.kl_div(F.log_softmax(student / temperature, 1), log_p.detach(), reduction="batchmean", log_target=True)
    tensors = {f"member {k}": z for k, z in enumerate(members)}
    tensors |= {"student": student, "coefficients": coefficients, "logProbabilities": log_p.detach(), "logits": log_mean(members, weights, 1).detach()}
    options = {"temperature": temperature} | {f"weight {k}": w for k, w in enumerate(weights)}
    return case(name, tensors, {"weighted": (log_p * coefficients).sum(), "kd": temperature ** 2 * kl}, options)


torch.manual_seed(17)
torch.set_num_threads(1)
write("ensemble", [ensemble(*c) for c in CASES])
