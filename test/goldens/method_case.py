"""What the generators of methods' golden values share: one case as MethodGolden.cs reads it."""
import json
import pathlib

import torch


def case(name, tensors, terms, options=None, integers=None):
    """tensors: name -> float64 tensor; those that require gradients get that of the sum of all terms. terms: name -> scalar. integers: name -> int64 tensor."""
    leaves = {n: t for n, t in tensors.items() if t.requires_grad}
    total = sum(terms.values())
    gradients = torch.autograd.grad(total, list(leaves.values()), allow_unused=True)
    return {
        "name": name,
        "options": options or {},
        "tensors": {n: {"shape": list(t.shape), "values": t.detach().flatten().tolist()} for n, t in tensors.items()},
        "integers": {n: t.flatten().tolist() for n, t in (integers or {}).items()},
        "terms": {n: t.item() for n, t in terms.items()},
        "gradients": {n: (torch.zeros_like(t) if g is None else g).flatten().tolist() for (n, t), g in zip(leaves.items(), gradients)},
    }


def write(name, cases):
    folder = pathlib.Path(__file__).parent / "methods"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(cases) + "\n")
