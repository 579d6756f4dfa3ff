"""Fake quantisation's values and straight-through gradients by PyTorch: writes quantization/fake_quantization.json.

torch.fake_quantize_per_tensor_affine for activations (levels 0..255) and torch.fake_quantize_per_channel_affine for weights (levels -127..127 and -63..63), in double precision, scales in
single as they require. Values next to a half are moved away from it: PyTorch multiplies by 1/s where ONNX divides by s, and either may win there.
"""
import json
import pathlib

import torch


def off_halves(x, scale):
    levels = x / scale
    near = (levels - levels.floor() - 0.5).abs() < 1e-3
    return torch.where(near, x + 0.01 * scale, x)


def case(name, x, scale, zero, low, high, axis=None):
    shape = [1] * x.dim()
    if axis is not None:
        shape[axis] = -1
    x = off_halves(x, scale.double().reshape(shape)).requires_grad_()
    if axis is None:
        y = torch.fake_quantize_per_tensor_affine(x, float(scale), int(zero), low, high)
    else:
        y = torch.fake_quantize_per_channel_affine(x, scale, zero, axis, low, high)
    above = torch.randn(y.shape, dtype=y.dtype)
    (y * above).sum().backward()
    return {
        "name": name,
        "shape": list(x.shape),
        "axis": axis,
        "limit": high if axis is not None else None,
        "scales": scale.flatten().tolist(),
        "zero": int(zero) if axis is None else None,
        "values": x.detach().flatten().tolist(),
        "above": above.flatten().tolist(),
        "quantised": y.detach().flatten().tolist(),
        "gradient": x.grad.flatten().tolist(),
        "inside": int((x.grad != 0).sum()),
    }


def main():
    torch.manual_seed(1)
    cases = []
    for name, scale, zero in [("after a ReLU", 0.013, 0), ("both signs", 0.021, 117), ("negative alone", 0.0077, 255), ("coarse", 0.9, 3)]:
        cases.append(case(name, 2 * torch.randn(3, 4, 5, dtype=torch.float64), torch.tensor(scale, dtype=torch.float32), torch.tensor(zero), 0, 255))
    weights = torch.randn(6, 4, 3, 3, dtype=torch.float64)
    scales = (weights.abs().amax((1, 2, 3)) / 127).float()
    zeros = torch.zeros(6, dtype=torch.int32)
    cases.append(case("kernels", weights, scales, zeros, -127, 127, 0))
    cases.append(case("kernels cut off", weights, scales / 2, zeros, -127, 127, 0))
    cases.append(case("kernels in 7 bits", weights, scales * 127 / 63, zeros, -63, 63, 0))
    matrix = torch.randn(5, 7, dtype=torch.float64)
    cases.append(case("columns of a matrix", matrix, (matrix.abs().amax(0) / 100).float(), torch.zeros(7, dtype=torch.int32), -127, 127, 1))
    path = pathlib.Path(__file__).parent / "quantization" / "fake_quantization.json"
    path.write_text(json.dumps({"torch": torch.__version__, "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
