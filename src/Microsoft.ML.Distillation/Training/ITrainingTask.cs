using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>What a <see cref="TrainingLoop"/> trains: batches, the loss they make, and what is measured on validation data.</summary>
internal interface ITrainingTask : IDisposable
{
    /// <summary>Rows in a batch.</summary>
    int BatchSize { get; }

    int StepsPerEpoch { get; }

    /// <summary>Everything whose state a run changes: the student first, then the methods' helpers.</summary>
    IReadOnlyList<TrainedModule> Modules { get; }

    /// <summary>What is measured after each epoch, as a message names it; null where there is nothing to measure on.</summary>
    string? Metric { get; }

    /// <summary>Where the modules are.</summary>
    Device Device { get; }

    /// <summary>What else a run changes, for checkpoints; null where there is nothing.</summary>
    ITensorState? OwnState { get; }

    /// <summary>What was noticed of the methods so far.</summary>
    IReadOnlyList<CheckupFinding> Findings { get; }

    /// <summary>The factors on the methods' terms by which they were balanced; empty where they were not.</summary>
    IReadOnlyDictionary<string, double> MethodFactors { get; }

    /// <summary>What became of the teacher's answers so far; null without a teacher.</summary>
    TeacherCacheReport? TeacherCache { get; }

    /// <summary>The steps of an epoch from a given one on, a function of the task's seed, the epoch and the step alone. A step is valid until the next is asked for.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="first">The first step, from 0 in its epoch.</param>
    IEnumerable<TrainingStep> Epoch(int epoch, int first);

    /// <summary>What must be the same for a checkpoint to be gone on from, beside the <see cref="LoopSettings"/>, by the names a message uses: data, student, teacher.</summary>
    /// <remarks>Asked for before the first step: the student's weights are those it starts from.</remarks>
    IReadOnlyDictionary<string, string> Identity();

    /// <summary>Some of what the teacher says of the first rows, which tells it from another of the same name; nothing without a teacher.</summary>
    IReadOnlyList<double> TeacherSample();

    /// <returns>The metric: the higher, the better. All modules are in evaluation mode.</returns>
    double Validate(CancellationToken cancellation);
}

/// <summary>A module whose parameters a run trains, and whose buffers are part of its state.</summary>
/// <param name="Name">Its own among a task's modules.</param>
/// <param name="Returned">Whether it is, or is part of, what a run returns: such weights are averaged, and the best of them kept.</param>
internal sealed record TrainedModule(string Name, nn.Module Module, bool Returned);

/// <summary>A batch, ready to be computed.</summary>
/// <param name="Rows">Places of its rows in the training data.</param>
/// <param name="Compute">Runs the forward pass: every loss term by name, and last the total that is minimised. The clock is told where <c>data</c> and <c>teacher</c> end.</param>
internal sealed record TrainingStep(IReadOnlyList<int> Rows, Func<PhaseClock, IReadOnlyList<(string Name, Tensor Value)>> Compute);
