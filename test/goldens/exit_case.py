"""What the generators of methods with early exits share: feature maps with heads on them, named as the C# helper names its parameters.

A head without a bottleneck averages the map over positions and applies a linear layer. A bottleneck is a chain of convolutions without bias, each with
BatchNorm on the batch's statistics (eps 1e-5) and ReLU: 3x3 of stride 2, or one 1x1 where no size changes.
"""
import torch
import torch.nn.functional as F


def leaf(*shape, scale=1.0, shift=0.0):
    return (shift + scale * torch.randn(shape, dtype=torch.float64)).requires_grad_()


def head(tensors, index, x, channels, classes):
    """Adds head `index`'s weights to `tensors`; channels: of each layer of the bottleneck, none for no bottleneck; kernel 1 where a channel count is negative."""
    for i, out in enumerate(channels):
        kernel, stride, out = (1, 1, -out) if out < 0 else (3, 2, out)
        name = f"{index}.bottleneck."
        weight = tensors[f"{name}conv{i + 1}.weight"] = leaf(out, x.shape[1], kernel, kernel, scale=.4)
        gamma = tensors[f"{name}bn{i + 1}.weight"] = leaf(out, scale=.2, shift=1.0)
        beta = tensors[f"{name}bn{i + 1}.bias"] = leaf(out, scale=.2)
        x = F.conv2d(x, weight, stride=stride, padding=kernel // 2)
        x = F.relu(F.batch_norm(x, None, None, gamma, beta, training=True, eps=1e-5))
    weight = tensors[f"{index}.fc.weight"] = leaf(classes, x.shape[1], scale=.5)
    bias = tensors[f"{index}.fc.bias"] = leaf(classes, scale=.5)
    return F.linear(x.mean((2, 3)), weight, bias), x


def cross_entropy(logits, labels, second, share):
    return share * F.cross_entropy(logits, labels) + (1 - share) * F.cross_entropy(logits, second)
