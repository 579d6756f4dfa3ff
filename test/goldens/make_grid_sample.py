"""Writes data/grid_sample.json: what PyTorch's grid_sample makes of a small image, every mode and padding, in float64.

Run from anywhere: python3 make_grid_sample.py   (made with PyTorch 1.13)
"""
import json
import pathlib

import torch
import torch.nn.functional as F


def main():
    torch.manual_seed(5)
    image = torch.randn(2, 3, 4, 5, dtype=torch.float64)
    grid = torch.rand(2, 3, 6, 2, dtype=torch.float64) * 2.8 - 1.4
    cases = []
    for mode in ("bilinear", "nearest"):
        for padding in ("zeros", "border", "reflection"):
            for corners in (False, True):
                sampled = F.grid_sample(image, grid, mode=mode, padding_mode=padding, align_corners=corners)
                cases.append({"mode": mode, "padding": padding, "corners": corners, "sampled": sampled.flatten().tolist()})
    golden = {"image": image.flatten().tolist(), "grid": grid.flatten().tolist(), "cases": cases}
    (pathlib.Path(__file__).parent / "data" / "grid_sample.json").write_text(json.dumps(golden) + "\n")


main()
