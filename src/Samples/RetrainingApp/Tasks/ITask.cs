using Microsoft.ML.Distillation;
using Samples.RetrainingApp.Predicting;
using Samples.RetrainingApp.Retraining;
using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Tasks;

/// <summary>All that differs between an app of classes and one of boxes, but for how a prediction is read (<see cref="IAnswerReader{TOutput}"/>).</summary>
internal interface ITask
{
    /// <summary>With fewer there is nothing to be told apart, or nothing to be found.</summary>
    int FewestClasses { get; }

    TaskPage Page { get; }

    /// <summary>All that people have named.</summary>
    IReadOnlyList<string> Classes();

    /// <summary>Looks at the teacher that the command line names, if any.</summary>
    /// <exception cref="InvalidDataException">It can't teach these classes.</exception>
    void CheckTeacher();

    /// <summary>Requests of this task alone.</summary>
    void Map(WebApplication app);

    /// <summary>Labelled images of a folder, to begin with; those that can't be used are told of and left out.</summary>
    /// <exception cref="InvalidDataException">The folder has none.</exception>
    IEnumerable<FirstImage> Read(string folder);

    /// <summary>Labelled drawings to begin with.</summary>
    IEnumerable<FirstImage> Draw(int count);

    /// <summary>Trains the model of a run and writes it.</summary>
    /// <param name="rows">The run's images, with those that are held out.</param>
    /// <param name="parent">The model to go on from; null for a first one.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled; its checkpoint stays.</exception>
    Candidate Train(TrainingRun run, IReadOnlyList<RunImage> rows, ModelVersion? parent, IProgress<DistillationProgress> progress, CancellationToken cancellation);

    /// <summary>How well a model does on images that no model has trained on.</summary>
    /// <returns>Null where there is nothing to measure by.</returns>
    HeldOutFigure? Measure(LoadedModel model, IReadOnlyList<RunImage> heldOut);
}
