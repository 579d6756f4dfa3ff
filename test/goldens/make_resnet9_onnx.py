"""Writes onnx/resnet9.onnx: a classifier as people train them for small images (convolutions with BatchNorm folded in, max pooling, residual blocks, a maximum over places, a product without
bias, scaled), as PyTorch's exporter writes it, for batches of any number.

Run from anywhere: python3 make_resnet9_onnx.py   (made with PyTorch 1.13; the exporter needs no onnx package)
"""
import pathlib

import torch
from torch import nn


def conv(i, o, pool=False):
    return nn.Sequential(nn.Conv2d(i, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o), nn.ReLU(), *([nn.MaxPool2d(2)] if pool else []))


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.a, self.b = conv(width, width), conv(width, width)

    def forward(self, x):
        return x + self.b(self.a(x))


class Nine(nn.Module):
    def __init__(self, classes=7):
        super().__init__()
        self.stem, self.one = conv(3, 4), nn.Sequential(conv(4, 8, True), Residual(8))
        self.two, self.three = conv(8, 8, True), nn.Sequential(conv(8, 12, True), Residual(12))
        self.head = nn.Linear(12, classes, bias=False)

    def forward(self, image):
        return self.head(self.three(self.two(self.one(self.stem(image)))).amax((2, 3))) * .125


def main():
    torch.manual_seed(12)
    torch.set_num_threads(1)
    model = Nine()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.uniform_(-.3, .3)
            module.running_var.uniform_(.1, .5)
            module.weight.data.uniform_(.5, 1.5)
    with torch.no_grad():
        model.head.weight.mul_(40)  # logits as far apart as trained ones
    path = pathlib.Path(__file__).parent / "onnx" / "resnet9.onnx"
    torch.onnx.export(model.eval(), torch.rand(2, 3, 16, 16), str(path), opset_version=13, input_names=["image"], output_names=["logits"],
                      dynamic_axes={"image": {0: "N", 2: "H", 3: "W"}, "logits": {0: "N"}})


main()
