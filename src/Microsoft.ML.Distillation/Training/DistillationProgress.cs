namespace Microsoft.ML.Distillation;

/// <summary>What a run is busy with.</summary>
public enum DistillationPhase
{
    /// <summary>Images are decoded and resized; <see cref="DistillationProgress.Step"/> counts images.</summary>
    LoadingImages,

    /// <summary>The teacher is loaded and its classes are checked.</summary>
    CheckingTeacher,

    /// <summary>The student trains; <see cref="DistillationProgress.Step"/> counts batches.</summary>
    Training,

    /// <summary>The student is measured on the validation set.</summary>
    Validating,

    /// <summary>The fitted model is put together.</summary>
    Exporting,

    /// <summary>A checkpoint is written; reported right before, whenever one is due.</summary>
    SavingCheckpoint,
}

/// <summary>Where a run stands. Reported a few times a second at most, on the thread that trains.</summary>
public sealed record DistillationProgress
{
    /// <summary>What the run is busy with.</summary>
    public required DistillationPhase Phase { get; init; }

    /// <summary>The training this is about, from 1: a comparison with the baseline has several, and training on in 8 bits is one more.</summary>
    public int Run { get; init; } = 1;

    /// <summary>Trainings in all.</summary>
    public int Runs { get; init; } = 1;

    /// <summary>The epoch, from 1; 0 before training.</summary>
    public int Epoch { get; init; }

    /// <summary>Epochs of the run.</summary>
    public int Epochs { get; init; }

    /// <summary>Steps done over the whole training: batches in training, those of a checkpoint it goes on from among them; images in loading.</summary>
    public long Step { get; init; }

    /// <summary>Steps of the whole training; 0 where it is not known.</summary>
    public long Steps { get; init; }

    /// <summary>The learning rate of the last step.</summary>
    public double LearningRate { get; init; }

    /// <summary>Mean of each loss term over this epoch so far: <c>task</c> is the cross-entropy with the labels, of a detector <c>box</c>, <c>objectness</c> and <c>class</c>; <c>total</c> is what is minimised.</summary>
    public IReadOnlyDictionary<string, double> Terms { get; init; } = new Dictionary<string, double>();

    /// <summary>Training images per second, over this epoch so far.</summary>
    public double ImagesPerSecond { get; init; }

    /// <summary>Time this training still takes, judged by its pace so far; zero where it is not known.</summary>
    public TimeSpan Remaining { get; init; }

    /// <summary>
    /// Share of validation images classified right after the last epoch, or a detector's mean average precision (mAP 50:95) on them, by averaged weights where the run averages them; null
    /// without a validation set.
    /// </summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>The highest of them so far; null without a validation set.</summary>
    public double? BestValidationAccuracy { get; init; }

    /// <summary>How often the run was set back because its numbers went wrong (<see cref="RecoveryOptions"/>).</summary>
    public int Retries { get; init; }
}
