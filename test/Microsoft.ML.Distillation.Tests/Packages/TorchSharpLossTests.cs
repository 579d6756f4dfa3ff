using TorchSharp;
using static Microsoft.ML.Distillation.Tests.Packages.TorchSharpGoldens;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Microsoft.ML.Distillation.Tests.Packages;

public class TorchSharpLossTests
{
    private static readonly long[] s_labels = [0, 2, 1, 2];

    [Theory]
    [InlineData("cross entropy")]
    [InlineData("cross entropy sum weighted")]
    [InlineData("cross entropy none smoothed")]
    [InlineData("cross entropy ignoring 2")]
    [InlineData("nll")]
    [InlineData("kl log target")]
    [InlineData("kl")]
    [InlineData("mse")]
    [InlineData("smooth l1")]
    [InlineData("bce")]
    [InlineData("cosine")]
    public void Losses_are_PyTorchs(string name)
    {
        using var scope = NewDisposeScope();
        AssertClose(Of("losses", name), Values(Loss(name)));
    }

    /// <summary>PyTorch's default is false: whoever ports from it has to know.</summary>
    [Fact]
    public void Kl_div_expects_a_logarithm_as_target_unless_told()
    {
        Tensor input = Wave(1, 4, 3).log_softmax(1), target = Wave(2, 4, 3).log_softmax(1);
        AssertClose(Values(F.kl_div(input, target, log_target: true)), Values(F.kl_div(input, target)));
    }

    /// <summary>A bug of TorchSharp 0.102.7, which is why nothing here calls it.</summary>
    [Fact]
    public void L1_loss_is_the_squared_error()
    {
        var loss = F.l1_loss(tensor(new double[] { 1, 4 }), tensor(new double[] { 1, 1 }), Reduction.Sum);
        Assert.Equal(9, loss.ToDouble());
    }

    private static Tensor Loss(string name)
    {
        Tensor logits = Wave(1, 4, 3), labels = tensor(s_labels), weights = Wave(5, 3).abs();
        Tensor logP = Wave(2, 4, 3).log_softmax(1), logQ = Wave(3, 4, 3).log_softmax(1);
        Tensor target = Wave(7, 4, 3).abs(), positive = Wave(8, 3).abs();
        return name switch
        {
            "cross entropy" => F.cross_entropy(logits, labels),
            "cross entropy sum weighted" => F.cross_entropy(logits, labels, weights, reduction: Reduction.Sum),
            "cross entropy none smoothed" => F.cross_entropy(logits, labels, reduction: Reduction.None, label_smoothing: 0.1),
            "cross entropy ignoring 2" => F.cross_entropy(logits, labels, ignore_index: 2),
            "nll" => F.nll_loss(logP, labels, weights),
            "kl log target" => F.kl_div(logP, logQ, log_target: true),
            "kl" => F.kl_div(logP, logQ.exp(), log_target: false, Reduction.Sum),
            "mse" => F.mse_loss(logits, target),
            "smooth l1" => F.smooth_l1_loss(logits, target, Reduction.Sum, beta: 0.5),
            "bce" => F.binary_cross_entropy_with_logits(logits, target, pos_weights: positive),
            "cosine" => F.cosine_similarity(logits, target, dim: 1),
            _ => throw new ArgumentException(name),
        };
    }
}
