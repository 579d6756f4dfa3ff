namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>A piece of a network with convolutions whose output nothing but a BatchNorm reads: once neither learns any more, both are one convolution.</summary>
internal interface INormalized
{
    IEnumerable<(Conv Convolution, BatchNorm Norm)> Normalized { get; }
}
