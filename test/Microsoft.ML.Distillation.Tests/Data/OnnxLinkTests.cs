using Microsoft.ML.Distillation.Tests.ImageClassification;
using Microsoft.ML.Distillation.Tests.ObjectDetection;

namespace Microsoft.ML.Distillation.Tests.Data;

/// <summary>The file that ML.NET's ONNX transformer reads is there for as long as the model is, and no longer.</summary>
public sealed class OnnxLinkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml;

    public OnnxLinkTests() => _ml = new MLContext(seed: 1) { TempFilePath = _folder.Path };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AClassifierTakesItsFileWithIt()
    {
        var data = Drawn.View(_ml, Drawn.Rows(12));
        using var model = _ml.DistillImageClassification(Quick.Options(epochs: 1)).Fit(data);

        EndsWith(model, () => _ml.Model.Save(model, data.Schema, Stream.Null));
    }

    [Fact]
    public void ADetectorTakesItsFileWithIt()
    {
        var data = QuickDetector.Data(_ml, 8, seed: 1);
        using var model = _ml.DistillObjectDetection(QuickDetector.Options(epochs: 1)).Fit(data);

        EndsWith(model, () => _ml.Model.Save(model, data.Schema, Stream.Null));
    }

    private void EndsWith(IDisposable model, Action save)
    {
        var file = Assert.Single(_folder.Names);
        Assert.EndsWith(".onnx", file, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder[file]));
        save();

        model.Dispose();

        Assert.Empty(_folder.Names);
    }
}
