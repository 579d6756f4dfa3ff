"""Writes reports/student_t.json: Student's t at two-sided confidences, by integrating its density and halving intervals.

Run from anywhere: python3 make_student_t.py   (needs nothing but Python)

With t = sqrt(v) tan(a) the density of a is proportional to cos(a)^(v - 1), so that P(|T| <= t) is a ratio of two integrals, taken here by Simpson's rule.
"""
import json
import math
import os


def integral(end, degrees, steps=2000):
    width = end / steps
    return width / 3 * sum((1 if i in (0, steps) else 4 if i % 2 else 2) * math.cos(i * width) ** (degrees - 1) for i in range(steps + 1))


def quantile(confidence, degrees):
    whole = integral(math.pi / 2, degrees)
    low, high = 0.0, math.pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if integral(middle, degrees) / whole < confidence else (low, middle)
    return math.sqrt(degrees) * math.tan((low + high) / 2)


cases = [{"degrees": d, "confidence": c, "t": quantile(c, d)} for d in (1, 2, 3, 4, 5, 9, 10, 29) for c in (.5, .95, .99)]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "reports", "student_t.json"), "w") as file:
    json.dump(cases, file)
