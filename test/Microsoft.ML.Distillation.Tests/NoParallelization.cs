namespace Microsoft.ML.Distillation.Tests;

/// <summary>For tests that read process-wide figures (live tensors, memory): they run alone.</summary>
[CollectionDefinition(nameof(NoParallelization), DisableParallelization = true)]
public sealed class NoParallelization;
