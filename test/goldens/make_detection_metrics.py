"""Writes evaluation/detection-metrics.json: hard cases of the COCO evaluation, computed slowly and plainly in NumPy.

The plain evaluation below is first held against evaluation/coco-map.json.gz, whose figures come from the COCO API itself; it then answers for what those
cases lack: more than 100 detections, many equal scores, areas that are not the box's, sizes and overlaps exactly on a limit.

Run from anywhere: python3 make_detection_metrics.py   (made with NumPy 1.24)
"""
import gzip
import json
import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).parent / "evaluation"
IOUS = np.linspace(.5, .95, 10)
RECALLS = np.linspace(0, 1, 101)
RANGES = [(0, 1e10), (0, 32 ** 2), (32 ** 2, 96 ** 2), (96 ** 2, 1e10)]


def overlap(found, truth, crowd):
    (x, y, w, h), (u, v, p, q) = found, truth
    across, down = min(x + w, u + p) - max(x, u), min(y + h, v + q) - max(y, v)
    if across <= 0 or down <= 0:
        return 0.0
    shared = across * down
    return shared / (w * h if crowd else w * h + p * q - shared)


def image_results(truth, found, limits, iou):
    """truth: (box, area, crowd); found: (box, score), best first. -> per detection None (not counted) / True / False, and how many objects count."""
    def outside(area):
        return area < limits[0] or area > limits[1]

    truth = sorted(truth, key=lambda t: bool(t[2]) or outside(t[1]))  # stable: those that count come first
    skipped = [bool(crowd) or outside(area) for _, area, crowd in truth]
    used, results = set(), []
    for box, _ in found:
        chosen, best = None, iou
        for i, (other, _, crowd) in enumerate(truth):
            if i in used and not crowd:
                continue
            if chosen is not None and not skipped[chosen] and skipped[i]:
                break
            value = overlap(box, other, crowd)
            if value >= best:
                chosen, best = i, value
        if chosen is None:
            results.append(None if outside(box[2] * box[3]) else False)
        else:
            used.add(chosen)
            results.append(None if skipped[chosen] else True)
    return results, skipped.count(False)


def class_figures(images, limits, iou, most):
    """images: [(truth, found)] of one class. -> (precision at 101 recalls, recall), or None without objects."""
    scores, results, objects = [], [], 0
    for truth, found in images:
        order = np.argsort([-s for _, s in found], kind="mergesort")[:100]
        ranked = [found[i] for i in order]
        outcome, counted = image_results(truth, ranked, limits, iou)
        objects += counted
        scores += [s for _, s in ranked[:most]]
        results += outcome[:most]
    if not objects:
        return None
    order = np.argsort([-s for s in scores], kind="mergesort")
    right = np.cumsum([results[i] is True for i in order])
    wrong = np.cumsum([results[i] is False for i in order])
    recall = right / objects
    precision = right / np.maximum(right + wrong, 1)
    curve = [max(precision[recall >= r], default=0.0) for r in RECALLS]
    return np.array(curve), float(recall[-1]) if len(recall) else 0.0


def evaluate(images, classes, truth, found):
    """-> the 12 figures, and average precision by class; -1 where there is nothing to find."""
    per_class = []
    for c in range(1, classes + 1):
        per_class.append([([(t[2:6], t[7] if len(t) > 7 else t[4] * t[5], t[6]) for t in truth if t[0] == i and t[1] == c],
                           [(d[2:6], d[6]) for d in found if d[0] == i and d[1] == c]) for i in range(1, images + 1)])

    def figures(limits, most, ious=IOUS):
        return [[f for f in (class_figures(one, limits, iou, most) for iou in ious) if f] for one in per_class]

    def mean(values):
        return float(np.mean(values)) if len(values) else -1.0

    def precisions(limits, ious=IOUS):
        return mean([f[0].mean() for one in figures(limits, 100, ious) for f in one])

    def recalls(limits, most):
        return mean([f[1] for one in figures(limits, most) for f in one])

    everything, *sizes = RANGES
    stats = [precisions(everything), precisions(everything, IOUS[:1]), precisions(everything, IOUS[5:6]), *[precisions(s) for s in sizes],
             *[recalls(everything, most) for most in (1, 10, 100)], *[recalls(s, 100) for s in sizes]]
    return stats, [mean([f[0].mean() for f in one]) for one in figures(everything, 100)]


def check():
    for n, case in enumerate(json.loads(gzip.decompress((FOLDER / "coco-map.json.gz").read_bytes()))["cases"]):
        stats, per_class = evaluate(case["images"], case["classes"], case["truth"], case["detections"])
        assert np.allclose(stats, case["stats"], rtol=0, atol=1e-9), (n, stats, case["stats"])
        assert np.allclose(per_class, case["perClassAP"], rtol=0, atol=1e-9), (n, per_class, case["perClassAP"])


def hard_case(random, images, classes, objects, detections, grid):
    """Boxes on a coarse grid, so that sizes and overlaps fall on limits; scores of few values, so that many are equal."""
    sides = np.array([16, 24, 32, 40, 48, 64, 96, 128])
    truth, found = [], []
    for image in range(1, images + 1):
        for _ in range(random.integers(0, objects + 1)):
            x, y = (random.integers(0, 300 // grid, 2) * grid).tolist()
            w, h = random.choice(sides, 2).tolist()
            area = w * h * float(random.choice([1, 1, .5, .9]))
            truth.append([image, int(random.integers(1, classes + 1)), x, y, w, h, int(random.random() < .15), area])
        mine = [t for t in truth if t[0] == image]
        for _ in range(random.integers(0, detections + 1)):
            if mine and random.random() < .6:
                _, c, x, y, w, h, _, _ = mine[random.integers(len(mine))]
                x, y = x + int(random.integers(-1, 2)) * grid // 2, y + int(random.integers(-1, 2)) * grid // 2
            else:
                c = int(random.integers(1, classes + 1))
                x, y = (random.integers(0, 300 // grid, 2) * grid).tolist()
                w, h = random.choice(sides, 2).tolist()
            found.append([image, c, x, y, w, h, float(random.integers(1, 8)) / 8])
    return truth, found


def main():
    check()
    random, cases = np.random.default_rng(1), []
    for images, classes, objects, detections, grid in [(1, 1, 30, 400, 8), (2, 1, 60, 300, 4), (3, 2, 40, 300, 16), (6, 2, 6, 12, 16)] * 3 + [(12, 3, 3, 8, 32)] * 4:
        truth, found = hard_case(random, images, classes, objects, detections, grid)
        stats, per_class = evaluate(images, classes, truth, found)
        cases.append({"images": images, "classes": classes, "truth": truth, "detections": found, "stats": stats, "perClassAP": per_class})
    (FOLDER / "detection-metrics.json").write_text(json.dumps({"cases": cases}, separators=(",", ":")) + "\n")


main()
