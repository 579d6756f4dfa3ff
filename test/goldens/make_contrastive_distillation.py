"""Writes methods/contrastive_distillation.json: one direction of CRD's loss, Z from this batch, and its gradient, as PyTorch computes them in float64.

Run from anywhere: python3 make_contrastive_distillation.py   (made with PyTorch 1.13)
"""
import torch

from method_case import case, write

CASES = [("few negatives", 4, 5, 9, 3, .07), ("more negatives than images", 3, 8, 6, 20, .5)]


def make(name, n, size, images, negatives, temperature):
    student = torch.randn(n, size, dtype=torch.float64, requires_grad=True)
    u = student / student.norm(dim=1, keepdim=True)
    bank = torch.randn(images, size, dtype=torch.float64)
    bank = bank / bank.norm(dim=1, keepdim=True)
    places = torch.randint(0, images, (n, negatives + 1))
    exponentials = torch.exp((bank[places] * u[:, None]).sum(2) / temperature)
    z = (exponentials.mean() * images).detach()
    share = negatives / images
    h = exponentials / z / (exponentials / z + share)
    term = -(torch.log(h[:, 0]).sum() + torch.log(1 - h[:, 1:]).sum()) / n
    return case(name, {"student": student, "bank": bank}, {"crd": term}, {"temperature": temperature, "negatives": negatives, "logZ": torch.log(z).item()},
                {"places": places})


torch.set_num_threads(1)
torch.manual_seed(27)
write("contrastive_distillation", [make(*c) for c in CASES])
