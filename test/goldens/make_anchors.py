"""Writes data/anchors.json: anchors found for box sizes by a plain search in NumPy, with this library's counter-based random numbers.

Run from anywhere: python3 make_anchors.py   (made with NumPy 1.24)
"""
import json
import math
import pathlib

import numpy as np

MASK, GOLDEN, ANCHORS = 2 ** 64 - 1, 0x9E3779B97F4A7C15, 16


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


class Counter:
    def __init__(self, seed, a, b):
        key = mix((seed + GOLDEN) & MASK)
        key = mix(key ^ (ANCHORS * GOLDEN & MASK))
        key = mix(key ^ ((a + 2 * GOLDEN) & MASK))
        self.counter, self.spare = mix(key ^ ((b + 3 * GOLDEN) & MASK)), None

    def bits(self):
        self.counter = (self.counter + GOLDEN) & MASK
        return mix(self.counter)

    def uniform(self):
        return (self.bits() >> 11) / 2 ** 53

    def normal(self):
        if self.spare is not None:
            value, self.spare = self.spare, None
            return value
        radius, angle = math.sqrt(-2 * math.log(1 - self.uniform())), 2 * math.pi * self.uniform()
        self.spare = radius * math.sin(angle)
        return radius * math.cos(angle)

    def permutation(self, count):
        order = []
        for i in range(count):
            j = ((self.bits() >> 32) * (i + 1)) >> 32
            order.append(order[j] if j < i else i)
            order[j] = i
        return order


def fit(boxes, anchors, ratio):
    quotient = boxes[:, None] / anchors[None]
    likeness = np.minimum(quotient, 1 / quotient).min(axis=2)
    best = likeness.max(axis=1)
    return float((best > 1 / ratio).mean()), float((likeness > 1 / ratio).sum(axis=1).mean()), float((best * (best > 1 / ratio)).mean())


def clusters(boxes, count, seed):
    unit = boxes.std(axis=0)
    distinct, places = np.unique(boxes, axis=0, return_index=True)
    distinct = boxes[np.sort(places)] / unit
    scaled, best, nearest = boxes / unit, None, math.inf
    for start in range(10):
        centres, owners = distinct[Counter(seed, 0, start).permutation(len(distinct))[:count]].copy(), None
        while True:
            distances = np.linalg.norm(scaled[:, None] - centres[None], axis=2)
            before, owners = owners, distances.argmin(axis=1)
            if before is not None and (before == owners).all():
                break
            for c in range(count):
                if (owners == c).any():
                    centres[c] = scaled[owners == c].mean(axis=0)
        if distances.min(axis=1).mean() < nearest:
            best, nearest = centres, distances.min(axis=1).mean()
    return best * unit


def search(boxes, count, seed, ratio, generations):
    boxes = boxes[(boxes >= 2).any(axis=1)]
    anchors = clusters(boxes, count, seed)
    fitness = fit(boxes, anchors, ratio)[2]
    for generation in range(generations):
        random = Counter(seed, 1, generation)
        strength, changed = random.uniform() * .1, anchors.copy()
        for i in range(count):
            for side in range(2):
                chosen, factor = random.uniform() < .9, min(max(1 + strength * random.normal(), .3), 3)
                changed[i, side] = max(2, changed[i, side] * factor if chosen else changed[i, side])
        better = fit(boxes, changed, ratio)[2]
        if better > fitness:
            anchors, fitness = changed, better
    return anchors[np.argsort(anchors.prod(axis=1))]


def main():
    random, cases = np.random.default_rng(5), []
    for boxes, count, seed, ratio, generations in [(60, 3, 1, 4.0, 40), (200, 9, 7, 4.0, 60), (120, 6, -3, 2.5, 0)]:
        sizes = np.round(np.exp(random.normal(3.2, 1, (boxes, 2))), 1)
        anchors = search(sizes, count, seed, ratio, generations)
        cases.append({"boxes": sizes.tolist(), "count": count, "seed": seed, "ratio": ratio, "generations": generations, "anchors": anchors.tolist(), "fit": fit(sizes, anchors, ratio)})
    (pathlib.Path(__file__).parent / "data" / "anchors.json").write_text(json.dumps(cases) + "\n")


main()
