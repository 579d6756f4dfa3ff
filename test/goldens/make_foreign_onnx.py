"""Writes onnx/foreign.onnx and onnx/foreign.json: a small classifier as PyTorch's own exporter writes it, and what PyTorch computes with it.

Run from anywhere: python3 make_foreign_onnx.py   (made with PyTorch 1.13; the exporter needs no onnx package)

To the exporter's bytes it adds what other tools may have written: fields that no version of ONNX defines yet, at the model, the graph and a node,
a node's own metadata (newer than this project's .proto), and a metadata entry of the model. They are appended: protobuf merges them into the message before.
"""
import json
import pathlib

import torch
from torch import nn


class Foreign(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 4, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(1))
        self.head = nn.Linear(4, 3)

    def forward(self, image):
        logits = self.head(self.body(image).flatten(1))
        return logits, logits.argmax(1)


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out + bytearray([number]))


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def main():
    torch.manual_seed(7)
    model = Foreign()
    model.body[1].running_mean.uniform_(-.5, .5)
    model.body[1].running_var.uniform_(.5, 1.5)
    model.eval()
    image = torch.randn(2, 3, 6, 6)
    folder = pathlib.Path(__file__).parent / "onnx"
    folder.mkdir(exist_ok=True)
    path = folder / "foreign.onnx"
    torch.onnx.export(model, image, str(path), opset_version=13, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
                      input_names=["image"], output_names=["logits", "label"],
                      dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}, "label": {0: "N"}})
    node = field(1, b"logits") + field(2, b"spare") + field(4, b"Identity") + field(9, field(1, b"origin") + field(2, b"elsewhere")) + field(902, b"x")
    extra = field(7, field(1, node) + field(900, b"a graph field from the future")) + field(901, b"a model field from the future")
    extra += field(14, field(1, b"author") + field(2, "Zoë".encode()))
    path.write_bytes(path.read_bytes() + extra)
    with torch.no_grad():
        logits, label = model(image)
    golden = {"shape": list(image.shape), "image": image.flatten().tolist(), "logits": logits.flatten().tolist(), "label": label.tolist(),
              "convWeight": model.body[0].weight.detach().flatten().tolist(), "headBias": model.head.bias.tolist()}
    (folder / "foreign.json").write_text(json.dumps(golden) + "\n")


main()
