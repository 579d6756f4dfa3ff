"""Writes students/cifar_resnet.json: small CIFAR ResNets in PyTorch with random weights, and what they compute.

Run from anywhere: python3 make_cifar_resnet.py   (made with PyTorch 1.13)

The network is He et al.'s for CIFAR with projection short cuts, written here from the paper. Each case: depth, widths, classes, the state_dict, an input, and
what comes out: logits, embedding and feature maps' sums in evaluation; logits, the gradient of sum(logits * probe) by conv1.weight and the running
statistics of bn1 after one forward in training.
"""
import json
import pathlib

import torch
from torch import nn

CASES = [(8, (4, 4, 6, 8), 5, (2, 3, 8, 8)), (14, (3, 6, 8, 10), 3, (3, 3, 9, 14))]


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride > 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        inner = torch.relu(self.bn1(self.conv1(x)))
        shortcut = x if self.downsample is None else self.downsample(x)
        return torch.relu(self.bn2(self.conv2(inner)) + shortcut)


class Network(nn.Module):
    def __init__(self, depth, widths, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, widths[0], 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        for group in range(3):
            blocks = [Residual(widths[group] if i == 0 else widths[group + 1], widths[group + 1], 2 if group and i == 0 else 1) for i in range((depth - 2) // 6)]
            setattr(self, f"layer{group + 1}", nn.Sequential(*blocks))
        self.fc = nn.Linear(widths[3], classes)

    def forward(self, x):
        features = [torch.relu(self.bn1(self.conv1(x)))]
        for layer in (self.layer1, self.layer2, self.layer3):
            features.append(layer(features[-1]))
        embedding = features[-1].mean((2, 3))
        return self.fc(embedding), embedding, features


def flat(tensor):
    """Nine digits hold a float32 exactly."""
    return [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]


def case(depth, widths, classes, shape):
    network = Network(depth, widths, classes)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data.uniform_(.5, 1.5)
            module.bias.data.uniform_(-.3, .3)
            module.running_mean.uniform_(-.5, .5)
            module.running_var.uniform_(.5, 1.5)
    state = [{"name": k, "shape": list(v.shape), "values": flat(v)} for k, v in network.state_dict().items() if not k.endswith("num_batches_tracked")]
    image, probe = torch.randn(shape), torch.randn(shape[0], classes)
    with torch.no_grad():
        logits, embedding, features = network.eval()(image)
    trained = network.train()(image)[0]
    (trained * probe).sum().backward()
    return {"depth": depth, "widths": widths, "classes": classes, "shape": shape, "state": state, "image": flat(image), "probe": flat(probe),
            "logits": flat(logits), "embedding": flat(embedding), "featureSums": [f.double().sum().item() for f in features],
            "trainingLogits": flat(trained), "gradient": flat(network.conv1.weight.grad),
            "runningMean": flat(network.bn1.running_mean), "runningVariance": flat(network.bn1.running_var)}


def main():
    torch.manual_seed(13)
    folder = pathlib.Path(__file__).parent / "students"
    folder.mkdir(exist_ok=True)
    (folder / "cifar_resnet.json").write_text(json.dumps([case(*c) for c in CASES]) + "\n")


main()
