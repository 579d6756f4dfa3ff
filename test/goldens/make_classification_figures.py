"""Writes reports/classification.json: confusion, precision, recall, F1 and calibration of made-up predictions, counted one image at a time.

Run from anywhere: python3 make_classification_figures.py   (made with PyTorch 1.13, float64 throughout)
"""
import json
import os

import torch

BINS = 15


def calibration(confidences, right):
    bins = []
    for i in range(BINS):
        low, high = i / BINS, (i + 1) / BINS
        inside = [k for k, c in enumerate(confidences) if low < c <= high]
        if inside:
            bins.append({
                "from": low, "to": high, "images": len(inside),
                "confidence": sum(confidences[k] for k in inside) / len(inside), "accuracy": sum(right[k] for k in inside) / len(inside)})
    error = sum(b["images"] / len(confidences) * abs(b["accuracy"] - b["confidence"]) for b in bins)
    return bins, error


def share(part, whole):
    return part / whole if whole else None


torch.manual_seed(5)
classes, images = 6, 300
# The fifth class is never predicted, the sixth never shown.
labels = torch.randint(0, classes - 1, (images,))
logits = 2 * torch.randn(images, classes, dtype=torch.float64) + 1.5 * torch.nn.functional.one_hot(labels, classes)
logits[:, 4] -= 30
probabilities = logits.softmax(1).float()
best, predicted = probabilities.max(1)
labels, predicted, best = labels.tolist(), predicted.tolist(), best.tolist()
confusion = [[sum(1 for l, p in zip(labels, predicted) if (l, p) == (row, column)) for column in range(classes)] for row in range(classes)]
figures = []
for c in range(classes):
    right = sum(1 for l, p in zip(labels, predicted) if l == p == c)
    shown, called = labels.count(c), predicted.count(c)
    precision, recall = share(right, called), share(right, shown)
    f1 = None if shown + called == 0 else 0.0 if not precision or not recall else 2 * precision * recall / (precision + recall)
    figures.append({"support": shown, "precision": precision, "recall": recall, "f1": f1})
bins, error = calibration(best, [l == p for l, p in zip(labels, predicted)])
folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "reports")
os.makedirs(folder, exist_ok=True)
with open(os.path.join(folder, "classification.json"), "w") as file:
    json.dump({
        "labels": labels, "predicted": predicted, "confidences": best, "accuracy": sum(l == p for l, p in zip(labels, predicted)) / images,
        "confusion": confusion, "classes": figures, "bins": bins, "error": error}, file)
