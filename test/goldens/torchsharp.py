#!/usr/bin/python3
"""Values that PyTorch computes, for the tests in Packages/TorchSharp*Tests.cs.

Run: /usr/bin/python3 test/goldens/torchsharp.py > test/goldens/torchsharp.json   (Debian: apt-get install python3-torch; made with 1.13)
All in double precision, from inputs that the tests build anew: element i of a tensor is sin(seed + i).
"""
import json
import torch
import torch.nn.functional as F


def wave(seed, *shape):
    count = 1
    for size in shape:
        count *= size
    return torch.sin(seed + torch.arange(count, dtype=torch.float64)).reshape(shape)


def flat(tensor):
    return [round(value, 15) for value in tensor.detach().reshape(-1).tolist()]


def train(make):
    """Five steps on a quartic bowl, once without a gradient for the second parameter, as frozen layers have it."""
    weight, bias = wave(1, 3, 2).requires_grad_(), wave(2, 2).requires_grad_()
    optimizer = make([weight, bias])
    for step in range(5):
        weight.grad = bias.grad = None
        loss = ((wave(3 + step, 4, 3) @ weight + (0 if step == 2 else bias)) ** 4).sum()
        loss.backward()
        optimizer.step()
    return flat(weight) + flat(bias)


def optimizers():
    sgd, adamw = torch.optim.SGD, torch.optim.AdamW
    return {
        "sgd": train(lambda p: sgd(p, lr=0.01)),
        "sgd decay": train(lambda p: sgd(p, lr=0.01, weight_decay=0.1)),
        "sgd momentum": train(lambda p: sgd(p, lr=0.01, momentum=0.9)),
        "sgd dampening": train(lambda p: sgd(p, lr=0.01, momentum=0.9, dampening=0.3, weight_decay=0.1)),
        "sgd nesterov": train(lambda p: sgd(p, lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.1)),
        "sgd maximize": train(lambda p: sgd(p, lr=0.001, momentum=0.9, maximize=True)),
        "adamw": train(lambda p: adamw(p, lr=0.1)),
        "adamw decay": train(lambda p: adamw(p, lr=0.1, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.5)),
        "adamw amsgrad": train(lambda p: adamw(p, lr=0.1, amsgrad=True)),
        "adamw maximize": train(lambda p: adamw(p, lr=0.1, maximize=True)),
    }


def losses():
    logits, labels, weights = wave(1, 4, 3), torch.tensor([0, 2, 1, 2]), wave(5, 3).abs()
    log_p, log_q = F.log_softmax(wave(2, 4, 3), 1), F.log_softmax(wave(3, 4, 3), 1)
    target, positive = wave(7, 4, 3).abs(), wave(8, 3).abs()
    return {
        "cross entropy": flat(F.cross_entropy(logits, labels)),
        "cross entropy sum weighted": flat(F.cross_entropy(logits, labels, weights, reduction="sum")),
        "cross entropy none smoothed": flat(F.cross_entropy(logits, labels, reduction="none", label_smoothing=0.1)),
        "cross entropy ignoring 2": flat(F.cross_entropy(logits, labels, ignore_index=2)),
        "nll": flat(F.nll_loss(log_p, labels, weights)),
        "kl log target": flat(F.kl_div(log_p, log_q, reduction="mean", log_target=True)),
        "kl": flat(F.kl_div(log_p, log_q.exp(), reduction="sum", log_target=False)),
        "mse": flat(F.mse_loss(logits, target)),
        "smooth l1": flat(F.smooth_l1_loss(logits, target, reduction="sum", beta=0.5)),
        "bce": flat(F.binary_cross_entropy_with_logits(logits, target, pos_weight=positive)),
        "cosine": flat(F.cosine_similarity(logits, target, dim=1)),
    }


def layers():
    x = wave(1, 2, 4, 6, 5).requires_grad_()
    weight, bias = wave(2, 6, 2, 3, 3).requires_grad_(), wave(3, 6).requires_grad_()
    convolved = F.conv2d(x, weight, bias, stride=2, padding=1, groups=2)
    normal = F.batch_norm(convolved, None, None, wave(4, 6), wave(5, 6), training=True)
    pooled = F.max_pool2d(normal, 3, stride=2, padding=1)
    pooled.square().sum().backward()
    return {
        "conv": flat(convolved), "pooled": flat(pooled), "grad x": flat(x.grad), "grad weight": flat(weight.grad), "grad bias": flat(bias.grad),
        "avg pool": flat(F.avg_pool2d(x, 3, stride=2, padding=1, ceil_mode=True, count_include_pad=False)),
        "adaptive": flat(F.adaptive_avg_pool2d(x, (3, 2))),
        "adaptive max": flat(F.adaptive_max_pool2d(x, (3, 2))),
        "nearest": flat(F.interpolate(x, scale_factor=1.5, mode="nearest")),
        "bilinear": flat(F.interpolate(x, size=(4, 7), mode="bilinear", align_corners=False)),
        "bicubic corners": flat(F.interpolate(x, size=(7, 3), mode="bicubic", align_corners=True)),
        "area": flat(F.interpolate(x, size=(2, 3), mode="area")),
        "reflect": flat(F.pad(x, (1, 2, 0, 1), mode="reflect")),
        "constant": flat(F.pad(x, (0, 1, -1, 0), value=0.5)),
        "layer norm": flat(F.layer_norm(x, (6, 5), wave(6, 6, 5), wave(7, 6, 5))),
        "activations": flat(torch.cat([f(x).reshape(-1)[:10] for f in (
            F.relu, F.relu6, F.leaky_relu, F.silu, F.hardswish, F.hardsigmoid, F.gelu, F.softplus, F.logsigmoid, torch.tanh, torch.sigmoid)])),
    }


groups = {"optimizers": optimizers(), "losses": losses(), "layers": layers()}
lines = [f' "{group}": {{\n' + ",\n".join(f'  "{name}": {json.dumps(values)}' for name, values in made.items()) + "\n }" for group, made in groups.items()]
print("{\n" + f' "torch": "{torch.__version__}",\n' + ",\n".join(lines) + "\n}")
