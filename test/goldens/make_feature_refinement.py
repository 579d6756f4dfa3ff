"""Writes methods/feature_refinement.json: FRSKD's pyramid, written out in plain PyTorch, and its three terms with gradients to features, logits and every weight, in float64.

Run from anywhere: python3 make_feature_refinement.py   (made with PyTorch 1.13)
Weights are data, under the names the C# modules give them. The pyramid follows the authors' order of things: a map is enlarged first and brought to other channels
then, and pooling pads with zeros by hand. BatchNorm is in training mode. The total that gradients are of is the plain sum of the terms.
"""
import math

import torch
import torch.nn.functional as F

from method_case import case, write


class Pyramid:
    def __init__(self, channels, sizes, classes, width, depth, repeats):
        self.channels, self.sizes, self.classes, self.depth, self.repeats = channels, sizes, classes, depth, repeats
        self.wide = [width * c for c in channels]
        self.weights = {}
        last = len(channels) - 1
        for r in range(repeats):
            given = channels if r == 0 else self.wide
            for i in range(last):
                self.factor(f"layer{r}.down_factors{i}", 2)
                self.factor(f"layer{r}.up_factors{i + 1}", 3 if i + 1 < last else 2)
            for i, c in enumerate(self.wide):
                if r == 0:
                    self.pointwise(f"layer{r}.lateral{i}", given[i], c)
                if i < last:
                    self.pointwise(f"layer{r}.down{i}", self.wide[i + 1], c)
                    self.depthwise(f"layer{r}.down_join{i}", c)
                if i > 0:
                    self.pointwise(f"layer{r}.skip{i}", given[i], c)
                    self.pointwise(f"layer{r}.up{i}", self.wide[i - 1], c)
                    self.depthwise(f"layer{r}.up_join{i}", c)
        self.weights["fc.weight"] = torch.randn(classes, self.wide[-1], dtype=torch.float64)
        self.weights["fc.bias"] = torch.randn(classes, dtype=torch.float64)
        for weight in self.weights.values():
            weight.requires_grad_()

    def factor(self, name, count):
        self.weights[name] = torch.rand(count, dtype=torch.float64) + .3

    def pointwise(self, name, inputs, outputs):
        self.weights[f"{name}.conv.weight"] = torch.randn(outputs, inputs, 1, 1, dtype=torch.float64)
        self.weights[f"{name}.bn.weight"] = torch.rand(outputs, dtype=torch.float64) + .5
        self.weights[f"{name}.bn.bias"] = torch.randn(outputs, dtype=torch.float64) * .3

    def depthwise(self, name, channels):
        for d in range(self.depth):
            self.weights[f"{name}.depthwise{d}.weight"] = torch.randn(channels, 1, 3, 3, dtype=torch.float64)
            self.pointwise(f"{name}.pointwise{d}", channels, channels)

    def point(self, name, x):
        x = F.conv2d(x, self.weights[f"{name}.conv.weight"])
        return torch.relu(F.batch_norm(x, None, None, self.weights[f"{name}.bn.weight"], self.weights[f"{name}.bn.bias"], training=True, eps=1e-5))

    def join(self, name, x):
        for d in range(self.depth):
            x = self.point(f"{name}.pointwise{d}", F.conv2d(x, self.weights[f"{name}.depthwise{d}.weight"], padding=1, groups=x.shape[1]))
        return x

    def factors(self, name):
        positive = torch.relu(self.weights[name])
        return positive / (positive.sum() + 1e-6)

    @staticmethod
    def same_pool(x, to):
        if x.shape[2:] == to.shape[2:]:
            return x
        pads = []
        for n in (x.shape[3], x.shape[2]):
            extra = (math.ceil(n / 2) - 1) * 2 - n + 3
            pads += [extra // 2, extra - extra // 2]
        return F.max_pool2d(F.pad(x, pads), 3, 2)

    def layer(self, r, maps):
        name, last = f"layer{r}.", len(maps) - 1
        laterals = [self.point(f"{name}lateral{i}", f) for i, f in enumerate(maps)] if r == 0 else maps
        down = [None] * last + [laterals[-1]]
        for i in reversed(range(last)):
            w = self.factors(f"{name}down_factors{i}")
            enlarged = F.interpolate(down[i + 1], size=maps[i].shape[2:], mode="nearest")
            down[i] = self.join(f"{name}down_join{i}", w[0] * laterals[i] + w[1] * self.point(f"{name}down{i}", enlarged))
        up = [down[0]]
        for i in range(1, last + 1):
            w = self.factors(f"{name}up_factors{i}")
            parts = [self.point(f"{name}skip{i}", maps[i])] + ([down[i]] if i < last else []) + [self.point(f"{name}up{i}", self.same_pool(up[-1], maps[i]))]
            up.append(self.join(f"{name}up_join{i}", sum(w[k] * part for k, part in enumerate(parts))))
        return up

    def __call__(self, maps):
        for r in range(self.repeats):
            maps = self.layer(r, maps)
        return maps, F.linear(maps[-1].mean((2, 3)), self.weights["fc.weight"], self.weights["fc.bias"])


def attention(features):
    return F.normalize(features.pow(2).mean(1).flatten(1), dim=1)


def make(name, channels, sizes, classes, width, depth, repeats, batch, temperature):
    pyramid = Pyramid(channels, sizes, classes, width, depth, repeats)
    features = [torch.rand(batch, c, *size, dtype=torch.float64).requires_grad_() for c, size in zip(channels, sizes)]
    student = (2 * torch.randn(batch, classes, dtype=torch.float64)).requires_grad_()
    labels = torch.randint(0, classes, (batch,))
    refined, logits = pyramid(features)
    kd = temperature ** 2 * F.kl_div(F.log_softmax(student / temperature, 1), F.softmax(logits.detach() / temperature, 1), reduction="batchmean")
    terms = {
        "refined": F.cross_entropy(logits, labels),
        "kd": kd,
        "at": sum((attention(f) - attention(t.detach())).pow(2).mean() for f, t in zip(features, refined)),
    }
    tensors = {**{f"feature{i}": f for i, f in enumerate(features)}, "student": student, **pyramid.weights}
    options = {"classes": classes, "width": width, "depth": depth, "repeats": repeats, "temperature": temperature}
    return case(name, tensors, terms, options, {"labels": labels})


torch.manual_seed(31)
write("feature_refinement", [
    make("three stages", [2, 3, 4], [(8, 8), (4, 4), (2, 2)], 3, 2, 2, 1, 3, 4.0),
    make("stages of one size, oblong", [2, 3, 2], [(4, 8), (4, 8), (2, 4)], 2, 1, 1, 1, 4, 1.0),
    make("two passes", [2, 3], [(6, 4), (3, 2)], 4, 2, 1, 2, 3, 2.0),
])
