"""Writes methods/be_your_own_teacher.json: BYOT's three terms, summed over exits, and the gradients of their sum by maps and weights.

Run from anywhere: python3 make_be_your_own_teacher.py   (made with PyTorch 1.13)

The deepest logits and map are constants. KL is of softened outputs, averaged over the batch, without T^2; the hint is the squared difference of maps, summed
over channels and averaged over positions and batch.
"""
import torch
import torch.nn.functional as F

from exit_case import cross_entropy, head, leaf
from method_case import case, write


def one(name, batch, maps, deepest, classes, temperature, share=1.0):
    """maps: (shape, channels of the bottleneck's layers) of each exit."""
    tensors = {f"feature{i + 1}": leaf(batch, *shape) for i, (shape, _) in enumerate(maps)}
    labels, second = (torch.randint(0, classes, (batch,)) for _ in range(2))
    outputs = [head(tensors, i, tensors[f"feature{i + 1}"], channels, classes) for i, (_, channels) in enumerate(maps)]
    tensors["deepest"] = torch.randn((batch, *deepest), dtype=torch.float64).relu()
    tensors["logits"] = 2 * torch.randn((batch, classes), dtype=torch.float64)
    p = torch.softmax(tensors["logits"] / temperature, 1)
    terms = {
        "exit ce": sum(cross_entropy(z, labels, second, share) for z, _ in outputs),
        "exit kl": sum((p * (p.log() - F.log_softmax(z / temperature, 1))).sum() / batch for z, _ in outputs),
        "exit hint": sum(((f - tensors["deepest"]) ** 2).sum(1).mean() for _, f in outputs),
    }
    return case(name, tensors, terms, {"share": share, "classes": classes, "temperature": temperature}, {"labels": labels, "second": second})


torch.manual_seed(15)
torch.set_num_threads(1)
write("be_your_own_teacher", [
    one("one halving", 5, [((3, 4, 4), [6])], (6, 2, 2), 4, 3.0),
    one("two halvings and none, mixed images", 4, [((2, 5, 3), [4, 8]), ((4, 2, 1), [-8])], (8, 2, 1), 3, 1.0, .7)])
