"""Where Kullback-Leibler calibration clips, by NumPy: writes quantization/entropy.json.

After Szymon Migacz, "8-bit inference with TensorRT" (GTC 2017), slides 28 to 38: for i bins, P is the first i with the outliers added to the last, Q the first i merged into 128
groups and spread evenly over those that aren't empty. Needs NumPy alone.
"""
import json
import pathlib

import numpy as np

BINS, LEVELS = 2048, 128


def divergence(counts, i):
    kept = counts[:i].astype(np.float64)
    p = kept.copy()
    p[-1] += counts[i:].sum()
    edges = np.arange(LEVELS + 1) * i // LEVELS
    q = np.zeros(i)
    for a, b in zip(edges[:-1], edges[1:]):
        filled = kept[a:b] > 0
        if filled.any():
            q[a:b] = np.where(filled, kept[a:b].sum() / filled.sum(), 0)
    if q.sum() == 0:
        return np.inf
    p, q = p / p.sum(), q / q.sum()
    if ((p > 0) & (q == 0)).any():
        return np.inf
    at = p > 0
    return float((p[at] * np.log(p[at] / q[at])).sum())


def case(values):
    values = np.abs(values)
    counts, _ = np.histogram(values, BINS, (0, values.max()))
    found = [divergence(counts, i) for i in range(LEVELS, BINS + 1)]
    finite = [(i + LEVELS, d) for i, d in enumerate(found) if np.isfinite(d)]
    shown = finite[:: max(1, len(finite) // 12)]
    return {
        "bins": counts.tolist(),
        "chosen": int(np.argmin(found)) + LEVELS,
        "infinite": int(np.isinf(found).sum()),
        "at": [i for i, _ in shown],
        "divergences": [d for _, d in shown],
    }


random = np.random.RandomState(7)
cases = {
    "normal": random.normal(size=200000),
    "rectified": np.maximum(random.normal(size=100000), 0),
    "longTailed": random.standard_t(3, size=100000),
    "stray": np.concatenate([random.normal(size=50000), [60.0]]),
    "few": random.normal(size=300),
}
target = pathlib.Path(__file__).parent / "quantization" / "entropy.json"
target.write_text(json.dumps({name: case(values) for name, values in cases.items()}) + "\n")
