"""Writes methods/gradient_attention_transfer.json: the term on small networks, and its gradient by the student's weights (second derivatives).

Run from anywhere: python3 make_gradient_attention_transfer.py   (made with PyTorch 1.13)

A network is F = tanh(conv3x3(x, A)), logits = flatten(F) B. Options: normalize; stage = 1 takes the gradients by F in place of x.
"""
import torch
import torch.nn.functional as F

from method_case import case, write

CASES = [("by input", 0, 0), ("by input, normalised", 0, 1), ("by feature map", 1, 0), ("by feature map, normalised", 1, 1)]


def sensitivity(x, conv, dense, labels, stage):
    x = x.clone().requires_grad_()
    features = torch.tanh(F.conv2d(x, conv, padding=1))
    loss = F.cross_entropy(features.flatten(1) @ dense, labels, reduction="sum")
    gradient, = torch.autograd.grad(loss, features if stage else x, create_graph=True)
    return gradient.abs().sum(1)


def make(name, stage, normalize):
    x = torch.randn(4, 3, 4, 5, dtype=torch.float64)
    labels = torch.tensor([0, 2, 1, 2])
    weights = {"studentConv": (4, 3, 3, 3), "studentDense": (80, 3), "teacherConv": (6, 3, 3, 3), "teacherDense": (120, 3)}
    w = {n: (.3 * torch.randn(s, dtype=torch.float64)).requires_grad_(n.startswith("student")) for n, s in weights.items()}
    maps = [sensitivity(x, w[side + "Conv"], w[side + "Dense"], labels, stage).flatten(1) for side in ("student", "teacher")]
    if normalize:
        maps = [m / (m ** 2).sum(1, keepdim=True).sqrt() for m in maps]
    term = ((maps[0] - maps[1].detach()) ** 2).mean() / 2
    return case(name, {"x": x, **w}, {"gradient at": term}, {"stage": stage, "normalize": normalize}, {"labels": labels})


torch.set_num_threads(1)
torch.manual_seed(22)
write("gradient_attention_transfer", [make(*c) for c in CASES])
