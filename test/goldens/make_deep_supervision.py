"""Writes methods/deep_supervision.json: the summed cross-entropy of classifiers on feature maps, and its gradients by maps and weights.

Run from anywhere: python3 make_deep_supervision.py   (made with PyTorch 1.13)
"""
import torch

from exit_case import cross_entropy, head, leaf
from method_case import case, write


def one(name, batch, maps, classes, share=1.0):
    tensors = {f"feature{i + 1}": leaf(batch, *shape) for i, shape in enumerate(maps)}
    labels, second = (torch.randint(0, classes, (batch,)) for _ in range(2))
    logits = [head(tensors, i, tensors[f"feature{i + 1}"], [], classes)[0] for i in range(len(maps))]
    tensors["deepest"] = torch.randn((batch, 7, 2, 2), dtype=torch.float64)
    term = sum(cross_entropy(z, labels, second, share) for z in logits)
    return case(name, tensors, {"exit ce": term}, {"share": share, "classes": classes}, {"labels": labels, "second": second})


torch.manual_seed(14)
torch.set_num_threads(1)
write("deep_supervision", [
    one("two exits", 5, [(3, 4, 4), (6, 2, 3)], 4), one("mixed images", 4, [(5, 3, 3)], 6, .7)])
