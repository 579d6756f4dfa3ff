"""Writes students/architectures.json: the students' architectures stated again in PyTorch, how many parameters they have and what they compute.

Run from anywhere: python3 make_students.py   (made with PyTorch 1.13; a minute or two)

Written from the papers' tables, with the differences that the C# files state. Weights are far too many to be stored: both sides fill them by `filled`, a hash of
a weight's name and place, in double precision. Each case: parameters at 10, 100 and 1000 classes; at 4 classes, for an image filled the same way, the logits,
embedding and sums of the feature maps in evaluation, and in training the logits, each weight's gradient (its norm) of sum(logits * probe) and each BatchNorm's
new statistics (their sum).
"""
import json
import math
import pathlib

import torch
from torch import nn

MASK = 0xFFFFFFFF
SMALL, PHOTOGRAPH = (2, 3, 20, 28), (2, 3, 64, 40)


def uniform(name, shape):
    """In [-1/2, 1/2), by the name and the place alone."""
    seed = 0
    for letter in name:
        seed = (seed * 31 + ord(letter)) & MASK
    h = (torch.arange(math.prod(shape), dtype=torch.int64) * 2654435761 + seed) & MASK
    for shift, factor in ((15, 2246822519), (13, 3266489917)):
        h = ((h ^ (h >> shift)) * factor) & MASK
    return ((h ^ (h >> 16)).double() / 2 ** 32 - .5).reshape(shape)


def filled(name, shape):
    u = uniform(name, shape)
    if len(shape) > 1:
        return u * math.sqrt(24 / math.prod(shape[1:]))
    if name.endswith("running_var"):
        return 1 + u
    is_scale = name.endswith(("bn.weight", "bn1.weight", "bn2.weight")) or name in ("head.0.weight",)
    return 1 + .6 * u if is_scale else .4 * u


class Lambda(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def pooled(x):
    return x.mean((2, 3))


def identity(x):
    return x


def norm(channels, eps=1e-5):
    return nn.BatchNorm2d(channels, eps=eps)


def convolution(inputs, outputs, kernel, stride=1, groups=1, bias=False):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=bias)


class Unit(nn.Module):
    """Convolution, BatchNorm, activation."""

    def __init__(self, inputs, outputs, kernel, stride=1, act=torch.relu, groups=1, bias=False, eps=1e-5):
        super().__init__()
        self.conv = convolution(inputs, outputs, kernel, stride, groups, bias)
        self.bn = norm(outputs, eps)
        self.act = act

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class Basic(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1, self.bn1 = convolution(inputs, outputs, 3, stride), norm(outputs)
        self.conv2, self.bn2 = convolution(outputs, outputs, 3), norm(outputs)
        # The C# block's short cut is numbered, not named.
        self.downsample = nn.Sequential(convolution(inputs, outputs, 1, stride), norm(outputs)) if stride > 1 or inputs != outputs else nn.Identity()

    def forward(self, x):
        return torch.relu(self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x))))) + self.downsample(x))


class Bottle(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        width = outputs // 4
        self.body = nn.Sequential(Unit(inputs, width, 1), Unit(width, width, 3, stride), Unit(width, outputs, 1, act=identity))
        self.downsample = Unit(inputs, outputs, 1, stride, identity) if stride > 1 or inputs != outputs else nn.Identity()

    def forward(self, x):
        return torch.relu(self.body(x) + self.downsample(x))


class Wide(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.bn1, self.conv1 = norm(inputs), convolution(inputs, outputs, 3, stride)
        self.bn2, self.conv2 = norm(outputs), convolution(outputs, outputs, 3)
        self.shortcut = convolution(inputs, outputs, 1, stride) if inputs != outputs else None

    def forward(self, x):
        a = torch.relu(self.bn1(x))
        return self.conv2(torch.relu(self.bn2(self.conv1(a)))) + (x if self.shortcut is None else self.shortcut(a))


class Squeeze(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.reduce, self.expand = convolution(channels, squeezed, 1, bias=True), convolution(squeezed, channels, 1, bias=True)

    def forward(self, x):
        gate = self.expand(torch.relu(self.reduce(x.mean((2, 3), keepdim=True))))
        return x * torch.clamp(gate / 6 + .5, 0, 1)


class Inverted(nn.Module):
    def __init__(self, inputs, kernel, hidden, outputs, stride, act, expands, squeezed=0, eps=1e-5):
        super().__init__()
        parts = [Unit(inputs, hidden, 1, act=act, eps=eps)] if expands else []
        parts += [Unit(hidden, hidden, kernel, stride, act, hidden, eps=eps)]
        parts += [Squeeze(hidden, squeezed)] if squeezed else []
        self.body = nn.Sequential(*parts, Unit(hidden, outputs, 1, act=identity, eps=eps))
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x):
        return self.body(x) + x if self.adds else self.body(x)


def shuffled(x, groups):
    n, c, h, w = x.shape
    return x.view(n, groups, c // groups, h, w).transpose(1, 2).reshape(n, c, h, w)


class Shuffle1(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.groups = 1 if inputs == 24 else 3
        own = outputs - inputs if stride == 2 else outputs
        middle = own // 4
        self.reduce = Unit(inputs, middle, 1, groups=self.groups)
        self.depthwise = Unit(middle, middle, 3, stride, groups=middle)
        self.expand = Unit(middle, own, 1, act=identity, groups=3)
        self.stride = stride

    def forward(self, x):
        own = self.expand(self.depthwise(shuffled(self.reduce(x), self.groups)))
        return torch.relu(own + x if self.stride == 1 else torch.cat([own, nn.functional.avg_pool2d(x, 3, 2, 1)], 1))


class Shuffle2(nn.Module):
    def __init__(self, channels):
        super().__init__()
        half = channels // 2
        self.body = nn.Sequential(Unit(half, half, 1), Unit(half, half, 3, act=identity, groups=half), Unit(half, half, 1))

    def forward(self, x):
        left, right = x.chunk(2, 1)
        return shuffled(torch.cat([left, self.body(right)], 1), 2)


class Shuffle2Down(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        half = outputs // 2
        self.left = nn.Sequential(Unit(inputs, inputs, 3, 2, identity, inputs), Unit(inputs, half, 1))
        self.right = nn.Sequential(Unit(inputs, half, 1), Unit(half, half, 3, 2, identity, half), Unit(half, half, 1))

    def forward(self, x):
        return shuffled(torch.cat([self.left(x), self.right(x)], 1), 2)


class Network(nn.Module):
    """Stages by name, each with what shrinks the map ahead of it or None; a head; a linear layer."""

    def __init__(self, stages, head, embedding, classes):
        super().__init__()
        self.names, self.entries = [name for name, *_ in stages], [entry for *_, entry in stages]
        for name, stage, _ in stages:
            self.add_module(name, stage)
        self.head = head
        self.fc = nn.Linear(embedding, classes)

    def forward(self, x):
        features = []
        for name, entry in zip(self.names, self.entries):
            x = getattr(self, name)(entry(x) if entry else x)
            features.append(x)
        embedding = self.head(x)
        return self.fc(embedding), embedding, features


def group(block, inputs, outputs, stride, count):
    return nn.Sequential(*[block(inputs if i == 0 else outputs, outputs, stride if i == 0 else 1) for i in range(count)])


def wide_resnet(depth, k, classes):
    widths, n = (16, 16 * k, 32 * k, 64 * k), (depth - 4) // 6
    layers = [(f"layer{g + 1}", group(Wide, widths[g], widths[g + 1], 2 if g else 1, n), None) for g in range(3)]
    head = nn.Sequential(norm(widths[3]), nn.ReLU(), Lambda(pooled))
    return Network([("conv1", convolution(3, 16, 3), None), *layers], head, widths[3], classes)


def vgg(count, classes):
    widths = (3, 64, 128, 256, 512, 512)
    blocks = []
    for g in range(5):
        units = [Unit(widths[g] if i == 0 else widths[g + 1], widths[g + 1], 3, bias=True) for i in range(count)]
        blocks.append((f"block{g}", nn.Sequential(*units), nn.MaxPool2d(2, 2, ceil_mode=True) if 0 < g < 4 else None))
    return Network(blocks, Lambda(pooled), 512, classes)


def resnet(block, expansion, counts, classes, small=False):
    stages, inputs = [("stem", Unit(3, 64, 3) if small else Unit(3, 64, 7, 2), None)], 64
    for g, count in enumerate(counts):
        outputs = (64, 128, 256, 512)[g] * expansion
        stages.append((f"layer{g + 1}", group(block, inputs, outputs, 2 if g else 1, count), None if g or small else nn.MaxPool2d(3, 2, 1)))
        inputs = outputs
    return Network(stages, Lambda(pooled), inputs, classes)


def mobile_stages(stem, splits, act, rows, eps=1e-5):
    """Rows are (inputs, kernel, hidden, outputs, stride, act, expands, squeezed); `splits` the rows at which a new stage starts."""
    blocks = [Unit(3, stem, 3, 2, act, eps=eps)] + [Inverted(*row, eps=eps) for row in rows]
    bounds = [0, *[s + 1 for s in splits], len(blocks)]
    return [(f"stage{i + 1}", nn.Sequential(*blocks[bounds[i]:bounds[i + 1]]), None) for i in range(len(bounds) - 1)]


def repeated(table, stem, act, always=False):
    rows, inputs = [], stem
    for expansion, outputs, count, stride, kernel in table:
        for i in range(count):
            rows.append((inputs, kernel, inputs * expansion, outputs, stride if i == 0 else 1, act, always or expansion > 1, 0))
            inputs = outputs
    return rows


def relu6(x):
    return torch.clamp(x, 0, 6)


def hard_swish(x):
    return x * torch.clamp(x + 3, 0, 6) / 6


def mobilenet_v2(classes):
    table = ((1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 32, 3, 2, 3), (6, 64, 4, 2, 3), (6, 96, 3, 1, 3), (6, 160, 3, 2, 3), (6, 320, 1, 1, 3))
    stages = mobile_stages(32, (1, 3, 6, 13), relu6, repeated(table, 32, relu6))
    return Network(stages, nn.Sequential(Unit(320, 1280, 1, act=relu6), Lambda(pooled)), 1280, classes)


def mobilenet_v2_cifar(classes):
    table = [(t, c // 2, n, s, 3) for t, c, n, s in ((1, 16, 1, 1), (6, 24, 2, 1), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))]
    stages = mobile_stages(16, (0, 3, 6, 13), torch.relu, repeated(table, 16, torch.relu, always=True))
    return Network(stages, nn.Sequential(Unit(160, 1280, 1), Lambda(pooled)), 1280, classes)


def efficientnet_lite0(classes):
    table = ((1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3), (6, 112, 3, 1, 5), (6, 192, 4, 2, 5), (6, 320, 1, 1, 3))
    stages = mobile_stages(32, (1, 3, 5, 11), relu6, repeated(table, 32, relu6), eps=1e-3)
    return Network(stages, nn.Sequential(Unit(320, 1280, 1, act=relu6, eps=1e-3), Lambda(pooled)), 1280, classes)


# (kernel, hidden, outputs, squeezed channels or 0, hard swish instead of ReLU, stride)
LARGE = ((3, 16, 16, 0, 0, 1), (3, 64, 24, 0, 0, 2), (3, 72, 24, 0, 0, 1), (5, 72, 40, 24, 0, 2), (5, 120, 40, 32, 0, 1), (5, 120, 40, 32, 0, 1),
         (3, 240, 80, 0, 1, 2), (3, 200, 80, 0, 1, 1), (3, 184, 80, 0, 1, 1), (3, 184, 80, 0, 1, 1), (3, 480, 112, 120, 1, 1), (3, 672, 112, 168, 1, 1),
         (5, 672, 160, 168, 1, 2), (5, 960, 160, 240, 1, 1), (5, 960, 160, 240, 1, 1))
SHORT = ((3, 16, 16, 8, 0, 2), (3, 72, 24, 0, 0, 2), (3, 88, 24, 0, 0, 1), (5, 96, 40, 24, 1, 2), (5, 240, 40, 64, 1, 1), (5, 240, 40, 64, 1, 1),
         (5, 120, 48, 32, 1, 1), (5, 144, 48, 40, 1, 1), (5, 288, 96, 72, 1, 2), (5, 576, 96, 144, 1, 1), (5, 576, 96, 144, 1, 1))


def mobilenet_v3(table, splits, last, hidden, classes):
    rows, inputs = [], 16
    for kernel, wide, outputs, squeezed, swish, stride in table:
        rows.append((inputs, kernel, wide, outputs, stride, hard_swish if swish else torch.relu, wide != inputs, squeezed))
        inputs = outputs
    head = nn.Sequential(Unit(inputs, last, 1, act=hard_swish, eps=1e-3), Lambda(pooled), nn.Linear(last, hidden), Lambda(hard_swish))
    return Network(mobile_stages(16, splits, hard_swish, rows, 1e-3), head, hidden, classes)


def shufflenet_v1(classes):
    stages, inputs = [("stem", Unit(3, 24, 1), None)], 24
    for i, (outputs, count) in enumerate(((240, 4), (480, 8), (960, 4))):
        stages.append((f"layer{i + 1}", group(Shuffle1, inputs, outputs, 2, count), None))
        inputs = outputs
    return Network(stages, Lambda(pooled), 960, classes)


def shufflenet_v2(classes):
    stages, inputs = [("stem", Unit(3, 24, 1), None)], 24
    for i, (outputs, count) in enumerate(((116, 3), (232, 7), (464, 3))):
        stages.append((f"layer{i + 1}", nn.Sequential(Shuffle2Down(inputs, outputs), *[Shuffle2(outputs) for _ in range(count)]), None))
        inputs = outputs
    return Network(stages, nn.Sequential(Unit(464, 1024, 1), Lambda(pooled)), 1024, classes)


ARCHITECTURES = {
    "resnet50_cifar": (SMALL, lambda n: resnet(Bottle, 4, (3, 4, 6, 3), n, small=True)),
    "wrn_16_1": (SMALL, lambda n: wide_resnet(16, 1, n)),
    "wrn_16_2": (SMALL, lambda n: wide_resnet(16, 2, n)),
    "wrn_40_1": (SMALL, lambda n: wide_resnet(40, 1, n)),
    "wrn_40_2": (SMALL, lambda n: wide_resnet(40, 2, n)),
    "vgg8": (SMALL, lambda n: vgg(1, n)),
    "vgg13": (SMALL, lambda n: vgg(2, n)),
    "mobilenet_v2_cifar": (SMALL, mobilenet_v2_cifar),
    "shufflenet_v1_cifar": (SMALL, shufflenet_v1),
    "shufflenet_v2_cifar": (SMALL, shufflenet_v2),
    "resnet18": (PHOTOGRAPH, lambda n: resnet(Basic, 1, (2, 2, 2, 2), n)),
    "resnet34": (PHOTOGRAPH, lambda n: resnet(Basic, 1, (3, 4, 6, 3), n)),
    "resnet50": (PHOTOGRAPH, lambda n: resnet(Bottle, 4, (3, 4, 6, 3), n)),
    "mobilenet_v2": (PHOTOGRAPH, mobilenet_v2),
    "mobilenet_v3_small": (PHOTOGRAPH, lambda n: mobilenet_v3(SHORT, (0, 1, 3, 8), 576, 1024, n)),
    "mobilenet_v3_large": (PHOTOGRAPH, lambda n: mobilenet_v3(LARGE, (1, 3, 6, 12), 960, 1280, n)),
    "efficientnet_lite0": (PHOTOGRAPH, efficientnet_lite0),
}


def rounded(tensor):
    return [float(f"{value:.13g}") for value in tensor.detach().flatten().tolist()]


def case(name, shape, create):
    counts = {str(n): sum(p.numel() for p in create(n).parameters()) for n in (10, 100, 1000)}
    network = create(4).double()
    with torch.no_grad():
        for key, values in network.state_dict().items():
            if not key.endswith("num_batches_tracked"):
                values.copy_(filled(key, tuple(values.shape)))
        image, probe = 4 * uniform("image", shape), uniform("probe", (shape[0], 4))
        logits, embedding, features = network.eval()(image)
    trained = network.train()(image)[0]
    (trained * probe).sum().backward()
    return {"name": name, "parameters": counts, "shape": shape, "logits": rounded(logits), "embedding": rounded(embedding.sum(1)),
            "featureShapes": [list(f.shape) for f in features], "featureSums": rounded(torch.stack([f.sum() for f in features])),
            "trainingLogits": rounded(trained),
            "gradients": {k: rounded(p.grad.norm())[0] for k, p in network.named_parameters()},
            "statistics": {k: rounded(b.sum())[0] for k, b in network.named_buffers() if not k.endswith("num_batches_tracked")}}


def main():
    torch.set_num_threads(1)
    cases = [case(name, shape, create) for name, (shape, create) in ARCHITECTURES.items()]
    for c in cases:
        print(c["name"], c["parameters"], c["trainingLogits"][:2])
    (pathlib.Path(__file__).parent / "students" / "architectures.json").write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")


if __name__ == "__main__":
    main()
