using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor abs() => Ops.abs.Call(this);

        public Tensor abs_() => Ops.abs_.InPlace(this);

        public Tensor neg() => Ops.neg.Call(this);

        public Tensor neg_() => Ops.neg_.InPlace(this);

        public Tensor exp() => Ops.exp.Call(this);

        public Tensor exp_() => Ops.exp_.InPlace(this);

        public Tensor expm1() => Ops.expm1.Call(this);

        public Tensor log() => Ops.log.Call(this);

        public Tensor log_() => Ops.log_.InPlace(this);

        public Tensor log1p() => Ops.log1p.Call(this);

        public Tensor log1p_() => Ops.log1p_.InPlace(this);

        public Tensor log2() => Ops.log2.Call(this);

        public Tensor sqrt() => Ops.sqrt.Call(this);

        public Tensor sqrt_() => Ops.sqrt_.InPlace(this);

        public Tensor rsqrt() => Ops.rsqrt.Call(this);

        public Tensor rsqrt_() => Ops.rsqrt_.InPlace(this);

        public Tensor square() => Ops.square.Call(this);

        public Tensor reciprocal() => Ops.reciprocal.Call(this);

        public Tensor reciprocal_() => Ops.reciprocal_.InPlace(this);

        public Tensor sign() => Ops.sign.Call(this);

        public Tensor sigmoid() => Ops.sigmoid.Call(this);

        public Tensor sigmoid_() => Ops.sigmoid_.InPlace(this);

        public Tensor tanh() => Ops.tanh.Call(this);

        public Tensor tanh_() => Ops.tanh_.InPlace(this);

        public Tensor relu() => Ops.relu.Call(this);

        public Tensor relu_() => Ops.relu_.InPlace(this);

        public Tensor silu() => Ops.silu.Call(this);

        public Tensor silu_() => Ops.silu_.InPlace(this);

        public Tensor hardswish() => Ops.hardswish.Call(this);

        public Tensor hardswish_() => Ops.hardswish_.InPlace(this);

        public Tensor hardsigmoid() => Ops.hardsigmoid.Call(this);

        public Tensor hardsigmoid_() => Ops.hardsigmoid_.InPlace(this);

        public Tensor relu6() => Ops.relu6.Call(this);

        public Tensor erf() => Ops.erf.Call(this);

        public Tensor sin() => Ops.sin.Call(this);

        public Tensor cos() => Ops.cos.Call(this);

        public Tensor atan() => Ops.atan.Call(this);

        public Tensor floor() => Ops.floor.Call(this);

        public Tensor floor_() => Ops.floor_.InPlace(this);

        public Tensor ceil() => Ops.ceil.Call(this);

        public Tensor ceil_() => Ops.ceil_.InPlace(this);

        public Tensor trunc() => Ops.trunc.Call(this);

        public Tensor frac() => Ops.frac.Call(this);

        public Tensor isnan() => Ops.isnan.Call(this);

        public Tensor isinf() => Ops.isinf.Call(this);

        public Tensor isfinite() => Ops.isfinite.Call(this);

        public Tensor logical_not() => Ops.logical_not.Call(this);

        public Tensor nonzero() => Ops.nonzero.Call(this);

        public Tensor log_sigmoid() => Ops.log_sigmoid.Call(this);

        public Tensor softplus() => Ops.softplus.Call(this, 1.0, 20.0);

        public Tensor gelu() => Ops.gelu.Call(this, "none");

        public Tensor add(Scalar scalar) => Ops.add_Scalar.Call(this, scalar);

        public Tensor add(Scalar scalar, Scalar alpha) => Ops.add_Scalar.Call(this, scalar, alpha);

        public Tensor add(Tensor target) => Ops.add_Tensor.Call(this, target);

        public Tensor add(Tensor target, Scalar alpha) => Ops.add_Tensor.Call(this, target, alpha);

        public Tensor add_(Scalar scalar) => Ops.add__Scalar.InPlace(this, scalar);

        public Tensor add_(Scalar scalar, Scalar alpha) => Ops.add__Scalar.InPlace(this, scalar, alpha);

        public Tensor add_(Tensor target) => Ops.add__Tensor.InPlace(this, target);

        public Tensor add_(Tensor target, Scalar alpha) => Ops.add__Tensor.InPlace(this, target, alpha);

        public Tensor sub(Scalar target) => Ops.sub_Scalar.Call(this, target);

        public Tensor sub(Tensor target) => Ops.sub_Tensor.Call(this, target);

        public Tensor sub_(Scalar target) => Ops.sub__Scalar.InPlace(this, target);

        public Tensor sub_(Tensor target) => Ops.sub__Tensor.InPlace(this, target);

        public Tensor mul(Scalar target) => Ops.mul_Scalar.Call(this, target);

        public Tensor mul(Tensor target) => Ops.mul_Tensor.Call(this, target);

        public Tensor mul_(Scalar target) => Ops.mul__Scalar.InPlace(this, target);

        public Tensor mul_(Tensor target) => Ops.mul__Tensor.InPlace(this, target);

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None
                ? Ops.div_Scalar.Call(this, target)
                : Ops.div_Scalar_mode.Call(this, target, rounding_mode.ToString());

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None
                ? Ops.div_Tensor.Call(this, target)
                : Ops.div_Tensor_mode.Call(this, target, rounding_mode.ToString());

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None
                ? Ops.div__Scalar.InPlace(this, target)
                : Ops.div__Scalar_mode.InPlace(this, target, rounding_mode.ToString());

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None
                ? Ops.div__Tensor.InPlace(this, target)
                : Ops.div__Tensor_mode.InPlace(this, target, rounding_mode.ToString());

        public Tensor pow(Scalar exponent) => Ops.pow_Tensor_Scalar.Call(this, exponent);

        public Tensor pow(Tensor exponent) => Ops.pow_Tensor_Tensor.Call(this, exponent);

        public Tensor pow_(Scalar exponent) => Ops.pow__Scalar.InPlace(this, exponent);

        public Tensor pow_(Tensor exponent) => Ops.pow__Tensor.InPlace(this, exponent);

        public Tensor remainder(Scalar scalar) => Ops.remainder_Scalar.Call(this, scalar);

        public Tensor remainder(Tensor target) => Ops.remainder_Tensor.Call(this, target);

        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.addcmul.Call(this, tensor1, tensor2, value);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.addcmul_.InPlace(this, tensor1, tensor2, value);

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => Ops.addcdiv.Call(this, tensor1, tensor2);

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.addcdiv.Call(this, tensor1, tensor2, value);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => Ops.addcdiv_.InPlace(this, tensor1, tensor2);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.addcdiv_.InPlace(this, tensor1, tensor2, value);

        public Tensor lerp(Tensor end, Tensor weight) => Ops.lerp_Tensor.Call(this, end, weight);

        public Tensor lerp_(Tensor end, Tensor weight) => Ops.lerp__Tensor.InPlace(this, end, weight);

        public Tensor round(long decimals = 0) => decimals == 0 ? Ops.round.Call(this) : Ops.round_decimals.Call(this, decimals);

        public Tensor round_(long decimals = 0) => decimals == 0 ? Ops.round_.InPlace(this) : Ops.round__decimals.InPlace(this, decimals);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Ops.clamp.Call(this, min, max);

        public Tensor clamp(Tensor? min = null, Tensor? max = null) => Ops.clamp_Tensor.Call(this, min, max);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => Ops.clamp_.InPlace(this, min, max);

        public Tensor clamp_(Tensor? min = null, Tensor? max = null) => Ops.clamp__Tensor.InPlace(this, min, max);

        public Tensor clip(Scalar? min = null, Scalar? max = null) => Ops.clip.Call(this, min, max);

        public Tensor clamp_min(Scalar min) => Ops.clamp_min.Call(this, min);

        public Tensor clamp_min_(Scalar min) => Ops.clamp_min_.InPlace(this, min);

        public Tensor clamp_max(Scalar max) => Ops.clamp_max.Call(this, max);

        public Tensor clamp_max_(Scalar max) => Ops.clamp_max_.InPlace(this, max);

        public Tensor maximum(Tensor other) => Ops.maximum.Call(this, other);

        public Tensor minimum(Tensor other) => Ops.minimum.Call(this, other);

        public Tensor leaky_relu(Scalar negative_slope) => Ops.leaky_relu.Call(this, negative_slope);

        public Tensor hardtanh(Scalar min, Scalar max) => Ops.hardtanh.Call(this, min, max);
    }
}
