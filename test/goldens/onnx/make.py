#!/usr/bin/python3
"""Writes the ONNX files beside this file (PyTorch 1.13). They have no trained weights: tests compute what they return."""
import os
import torch

os.chdir(os.path.dirname(os.path.abspath(__file__)))


class ChannelMeans(torch.nn.Module):
    """Image [1,3,4,5] -> mean of each channel [1,3], and twice it [1,3]."""

    def forward(self, image):
        mean = image.mean((2, 3))
        return mean, mean * 2


class Positive(torch.nn.Module):
    """Values [1,6] -> the positive ones [1,n], and their places [1,n] (int64)."""

    def forward(self, values):
        kept = (values[0] > 0).nonzero()[:, 0]
        return values[:, kept], kept.unsqueeze(0)


class Types(torch.nn.Module):
    """Bytes [1,2,2], int64 [1,3], int32 [1,2] -> the same, plus 1."""

    def forward(self, b, l, i):
        return (b.int() + 1).byte(), l + 1, i + 1


class Total(torch.nn.Module):
    """Values [1,3] -> their sum, a scalar."""

    def forward(self, values):
        return values.sum()


def export(model, inputs, name, input_names, output_names, **more):
    torch.onnx.export(model.eval(), inputs, name, input_names=input_names, output_names=output_names, opset_version=13, **more)


export(ChannelMeans(), torch.zeros(1, 3, 4, 5), "means.onnx", ["image"], ["mean", "twice"])
export(ChannelMeans(), torch.zeros(1, 3, 4, 5), "batch.onnx", ["image"], ["mean", "twice"],
       dynamic_axes={"image": {0: "batch"}, "mean": {0: "batch"}, "twice": {0: "batch"}})
export(Positive(), torch.tensor([[1.0, -1, 2, -2, 3, -3]]), "positive.onnx", ["values"], ["kept", "places"],
       dynamic_axes={"kept": {1: "n"}, "places": {1: "n"}})
export(Types(), (torch.zeros(1, 2, 2, dtype=torch.uint8), torch.zeros(1, 3, dtype=torch.int64), torch.zeros(1, 2, dtype=torch.int32)),
       "types.onnx", ["b", "l", "i"], ["b1", "l1", "i1"])
export(Total(), torch.zeros(1, 3), "scalar.onnx", ["values"], ["total"])
