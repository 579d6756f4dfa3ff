namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>A student with early exits, fitted once for all tests that only look at it, and its exits as files.</summary>
public sealed class FittedExits : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FittedExits()
    {
        var options = Quick.Options(epochs: 2);
        Rows = Drawn.Rows(50);
        options.Methods.Add(new BeYourOwnTeacher());
        Student = Ml.DistillImageClassification(options).Fit(Drawn.View(Ml, Rows));
        Results = Student.ExportExits(Path.Combine(_folder.Path, "exits"), Drawn.View(Ml, Rows));
    }

    public MLContext Ml { get; } = new(seed: 1);

    public ImageClassificationDistillationTransformer Student { get; }

    public EarlyExitResults Results { get; }

    internal IReadOnlyList<DrawnRow> Rows { get; }

    public string File(string name) => Path.Combine(_folder.Path, name);

    public void Dispose()
    {
        Student.Dispose();
        _folder.Dispose();
    }
}
