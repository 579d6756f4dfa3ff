"""Writes methods/focal_global.json: FGD's four terms, through adapters and global context blocks, and their gradients, as PyTorch computes them in float64, box by box.

Run from anywhere: python3 make_focal_global.py   (made with PyTorch 1.13)
"""
import math

import torch
import torch.nn.functional as F

from method_case import case, write

# Half of the channels are normalised together: of two or less, nothing would be left to differ.
#        name, input height and width, student maps, teacher maps, temperature, boxes as image, class, x0 y0 x1 y1
CASES = [("two levels", 32, 48, [(2, 3, 4, 6), (2, 6, 2, 3)], [(2, 8, 4, 6), (2, 6, 2, 3)], .5,
          [[0, 0, 3., 2., 20., 13.], [0, 1, 8., 8., 16., 16.], [0, 0, 0., 0., 48., 32.], [1, 0, 30.5, 20.5, 47.5, 31.5]]),
         ("an image without objects, boxes over the border", 24, 24, [(3, 2, 3, 3)], [(3, 6, 3, 3)], .8, [[0, 0, -5., -3., 9., 7.], [2, 0, 17., 12., 30., 40.], [2, 0, 18., 1., 19., 2.]]),
         ("no objects", 16, 16, [(2, 6, 2, 2)], [(2, 6, 2, 2)], .5, [])]


def masks(boxes, images, height, width, input_height, input_width):
    foreground = torch.zeros(images, height, width, dtype=torch.float64)
    for image, _, x0, y0, x1, y1 in boxes:
        left, right = math.floor(x0 * width / input_width), math.ceil(x1 * width / input_width)
        top, bottom = math.floor(y0 * height / input_height), math.ceil(y1 * height / input_height)
        area = (right - left + 1) * (bottom - top + 1)
        for y in range(max(top, 0), min(bottom, height - 1) + 1):
            for x in range(max(left, 0), min(right, width - 1) + 1):
                foreground[int(image), y, x] = max(foreground[int(image), y, x].item(), 1 / area)
    background = (foreground == 0).double()
    for image in range(images):
        if background[image].sum() > 0:
            background[image] /= background[image].sum()
    return foreground, background


def attention(m, temperature):
    n, c, h, w = m.shape
    strength = m.abs()
    return h * w * F.softmax((strength.mean(1) / temperature).view(n, -1), 1).view(n, h, w), c * F.softmax(strength.mean((2, 3)) / temperature, 1)


def context(m, block):
    n, c, h, w = m.shape
    weights = F.softmax(F.conv2d(m, block["mask_weight"], block["mask_bias"]).view(n, h * w), 1).view(n, 1, h, w)
    pooled = (m * weights).sum((2, 3), keepdim=True)
    inner = F.layer_norm(F.conv2d(pooled, block["reduce_weight"], block["reduce_bias"]), list(block["norm_weight"].shape), block["norm_weight"], block["norm_bias"])
    return m + F.conv2d(F.relu(inner), block["expand_weight"], block["expand_bias"])


def block(channels):
    inner = channels // 2
    shapes = {"mask_weight": (1, channels, 1, 1), "mask_bias": (1,), "reduce_weight": (inner, channels, 1, 1), "reduce_bias": (inner,), "norm_weight": (inner, 1, 1),
              "norm_bias": (inner, 1, 1), "expand_weight": (channels, inner, 1, 1), "expand_bias": (channels,)}
    return {n: torch.randn(s, dtype=torch.float64, requires_grad=True) for n, s in shapes.items()}


def make(name, height, width, student_shapes, teacher_shapes, temperature, boxes):
    tensors, images = {}, student_shapes[0][0]
    terms = {"foreground": 0., "background": 0., "attention": 0., "relation": 0.}
    for level, (s_shape, t_shape) in enumerate(zip(student_shapes, teacher_shapes)):
        student, teacher = torch.randn(s_shape, dtype=torch.float64, requires_grad=True), torch.randn(t_shape, dtype=torch.float64)
        tensors.update({f"student{level}": student, f"teacher{level}": teacher})
        if s_shape[1] != t_shape[1]:
            weight = torch.randn(t_shape[1], s_shape[1], 1, 1, dtype=torch.float64, requires_grad=True)
            bias = torch.randn(t_shape[1], dtype=torch.float64, requires_grad=True)
            tensors.update({f"adapters.{level}.weight": weight, f"adapters.{level}.bias": bias})
            student = F.conv2d(student, weight, bias)
        blocks = {side: block(t_shape[1]) for side in ("student", "teacher")}
        for side, values in blocks.items():
            tensors.update({f"{side}{level}." + (n if n.startswith("norm") else n.replace("_", ".")): v for n, v in values.items()})
        places, channels = attention(teacher, temperature)
        own_places, own_channels = attention(student, temperature)
        foreground, background = masks(boxes, images, t_shape[2], t_shape[3], height, width)
        root = torch.sqrt(places).unsqueeze(1) * torch.sqrt(channels)[:, :, None, None]
        for part, mask in (("foreground", foreground), ("background", background)):
            m = torch.sqrt(mask).unsqueeze(1)
            terms[part] = terms[part] + F.mse_loss(student * root * m, teacher * root * m, reduction="sum") / images
        terms["attention"] = terms["attention"] + ((own_channels - channels).abs().sum() + (own_places - places).abs().sum()) / images
        terms["relation"] = terms["relation"] + F.mse_loss(context(student, blocks["student"]), context(teacher, blocks["teacher"]), reduction="sum") / images
    weights = {"foreground": 1e-3, "background": 5e-4, "attention": 5e-4, "relation": 5e-6}
    tensors["targets"] = torch.tensor(boxes, dtype=torch.float64).reshape(-1, 6)
    return case(name, tensors, {n: weights[n] * v for n, v in terms.items()}, {"temperature": temperature, "height": height, "width": width})


torch.set_num_threads(1)
torch.manual_seed(34)
write("focal_global", [make(*c) for c in CASES])
