"""Writes data/colour_jitter.json: colours changed in HSV by Python's own colorsys.

Run from anywhere: python3 make_colour_jitter.py   (made with Python 3.11)
"""
import colorsys
import json
import pathlib
import random


def jitter(colour, hue, saturation, value):
    h, s, v = colorsys.rgb_to_hsv(*(c / 255 for c in colour))
    changed = colorsys.hsv_to_rgb(h * hue % 1, min(1, s * saturation), min(1, v * value))
    return [255 * c for c in changed]


def main():
    numbers = random.Random(11)
    colours = [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [255, 0, 255], [90, 90, 90], [200, 200, 10], [10, 200, 200]]
    colours += [[numbers.randrange(256) for _ in range(3)] for _ in range(40)]
    factors = [[1, 1, 1], [1.015, 1, 1], [0.985, 1.7, 1.4], [1, 0.3, 0.6], [1.9, 1.2, 0.9], [0, 0, 0]]
    cases = [{"factors": f, "changed": [c for colour in colours for c in jitter(colour, *f)]} for f in factors]
    golden = {"colours": [c for colour in colours for c in colour], "cases": cases}
    (pathlib.Path(__file__).parent / "data" / "colour_jitter.json").write_text(json.dumps(golden) + "\n")


main()
