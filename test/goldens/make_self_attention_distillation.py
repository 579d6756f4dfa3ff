"""Writes methods/self_attention_distillation.json: SAD's term of one path and its gradients.

Run from anywhere: python3 make_self_attention_distillation.py   (made with PyTorch 1.13)

Squares summed over channels, bilinear upsampling of the smaller map (corners not aligned), softmax over positions, squared differences summed over
positions and averaged over the batch. The target's gradient is 0 where it is detached.
"""
import torch
import torch.nn.functional as F

from method_case import case, write


def attention(features, size):
    return torch.softmax(F.interpolate((features ** 2).sum(1, keepdim=True), size=size, mode="bilinear", align_corners=False).flatten(1), 1)


def one(name, learner, target, detach, scale=1.0):
    learner, target = ((scale * torch.randn(shape, dtype=torch.float64)).requires_grad_() for shape in (learner, target))
    size = [max(learner.shape[i], target.shape[i]) for i in (2, 3)]
    wanted = attention(target.detach() if detach else target, size)
    term = ((attention(learner, size) - wanted) ** 2).sum() / learner.shape[0]
    return case(name, {"learner": learner, "target": target}, {"sad": term}, {"detach": float(detach)})


torch.manual_seed(13)
torch.set_num_threads(1)
write("self_attention_distillation", [
    one("4x4 from 2x2", (3, 2, 4, 4), (3, 4, 2, 2), True), one("5x3 from 3x2", (2, 3, 5, 3), (2, 2, 3, 2), True, .5),
    one("same size, target moves", (2, 3, 3, 4), (2, 5, 3, 4), False, .5), one("reversed", (2, 3, 2, 2), (2, 2, 5, 5), False, .5)])
