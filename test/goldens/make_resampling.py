"""Writes data/resampling.json: lines scaled by PyTorch's anti-aliased bilinear interpolation, in float64.

Run from anywhere: python3 make_resampling.py   (made with PyTorch 1.13)
"""
import json
import pathlib

import torch
import torch.nn.functional as F

SIZES = [(4, 2), (5, 3), (7, 5), (4, 7), (3, 9), (32, 8), (33, 32), (1, 4), (6, 1)]


def case(source, target):
    line = torch.randn(1, 1, 1, source, dtype=torch.float64)
    scaled = F.interpolate(line, size=(1, target), mode="bilinear", align_corners=False, antialias=True)
    return {"source": line.flatten().tolist(), "scaled": scaled.flatten().tolist()}


def main():
    torch.manual_seed(17)
    folder = pathlib.Path(__file__).parent / "data"
    folder.mkdir(exist_ok=True)
    (folder / "resampling.json").write_text(json.dumps([case(*s) for s in SIZES]) + "\n")


main()
