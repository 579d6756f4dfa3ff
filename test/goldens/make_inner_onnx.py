"""Writes onnx/inner_<opset>.onnx and onnx/inner.json: a small network whose inner maps are easily mistaken, as PyTorch's exporter writes it, and what PyTorch computes inside it.

Run from anywhere: python3 make_inner_onnx.py   (made with PyTorch 1.13; opset 21 is newer than that exporter: tests make it of opset 17, whose operators here are the same)

A squeeze-and-excitation branch (maps of one place), a bottleneck that keeps the old size behind its first convolution while the shortcut leaves from the stage's end, and an explicit padding
before an unpadded convolution.
"""
import json
import pathlib

import torch
from torch import nn


def conv(i, o, k, stride=1, padding=None):
    return nn.Sequential(nn.Conv2d(i, o, k, stride, k // 2 if padding is None else padding, bias=False), nn.BatchNorm2d(o))


class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = conv(3, 4, 3)
        self.one, self.squeeze, self.excite = conv(4, 4, 3), nn.Conv2d(4, 2, 1), nn.Conv2d(2, 4, 1)
        self.two_a, self.two_b, self.two_c, self.shortcut = conv(4, 4, 1), conv(4, 4, 3, 2), conv(4, 6, 1), conv(4, 6, 1, 2)
        self.three = conv(6, 8, 3, 2, 0)
        self.hidden, self.head = nn.Linear(8, 5), nn.Linear(5, 3)

    def forward(self, image):
        stem = torch.relu(self.stem(image))
        body = self.one(stem)
        gate = torch.sigmoid(self.excite(torch.relu(self.squeeze(nn.functional.adaptive_avg_pool2d(body, 1)))))
        first = torch.relu(stem + body * gate)
        second = torch.relu(self.two_c(torch.relu(self.two_b(torch.relu(self.two_a(first))))) + self.shortcut(first))
        third = torch.relu(self.three(nn.functional.pad(second, (0, 1, 0, 1))))
        pooled = nn.functional.adaptive_avg_pool2d(third, 1)
        embedding = torch.relu(self.hidden(pooled.view(pooled.size(0), -1)))
        self.seen = [first, second, third, embedding]
        return self.head(embedding)


def main():
    torch.manual_seed(11)
    torch.set_num_threads(1)
    model = Inner()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.uniform_(-.3, .3)
            module.running_var.uniform_(.5, 1.5)
            module.weight.data.uniform_(.5, 1.5)
    model.eval()
    image = torch.rand(5, 3, 16, 12)
    folder = pathlib.Path(__file__).parent / "onnx"
    for opset in (9, 13, 17):
        torch.onnx.export(model, image, str(folder / f"inner_{opset}.onnx"), opset_version=opset, training=torch.onnx.TrainingMode.PRESERVE,
                          do_constant_folding=False, input_names=["image"], output_names=["logits"], dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}})
    with torch.no_grad():
        logits = model(image)
    golden = {"shape": list(image.shape), "image": image.flatten().tolist(), "logits": logits.flatten().tolist(),
              "inner": [{"shape": list(t.shape), "values": t.flatten().tolist()} for t in model.seen]}
    (folder / "inner.json").write_text(json.dumps(golden) + "\n")


main()
