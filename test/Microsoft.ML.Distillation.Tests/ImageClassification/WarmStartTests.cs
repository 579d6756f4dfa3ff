using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>An exported student trained further.</summary>
[Collection(nameof(TrainingTests))]
public class WarmStartTests(FittedPipeline fitted)
{
    private readonly byte[] _file = fitted.Student.ToOnnx();

    [Fact]
    public void TheModuleHoldsTheFilesWeightsAndStatisticsBitForBit()
    {
        var model = OnnxModelFile.FromBytes(_file, "student");
        using var module = ImageClassifier.FromOnnx(_file).CreateModule(Drawn.Classes, seed: 99);

        var state = module.state_dict();

        Assert.Equal(model.Initializers.Keys.Where(name => !name.StartsWith("input/", StringComparison.Ordinal)).Order(), state.Keys.Order());
        Assert.All(state, entry => Assert.Equal(model.ReadFloats(entry.Key), TensorInitializers.ToArray(entry.Value)));
    }

    // So slow that no float32 weight can change; BatchNorm's statistics follow the data in any case.
    [Fact]
    public void TrainingGoesOnFromTheFilesWeights()
    {
        using var student = Quick.Fit(Quick.Options(student: ImageClassifier.FromOnnx(_file), epochs: 1, rate: 1e-30), fitted.Rows);

        var (before, after) = (OnnxModelFile.FromBytes(_file, "before"), OnnxModelFile.FromBytes(student.ToOnnx(), "after"));
        Assert.Equal(before.Initializers.Keys, after.Initializers.Keys);
        Assert.All(
            before.Initializers.Keys.Where(name => !name.Contains("running_", StringComparison.Ordinal)),
            name => Assert.Equal(before.ReadFloats(name), after.ReadFloats(name)));
        Assert.Equal(before.Metadata, after.Metadata);
    }

    [Fact]
    public void ItStartsWhereTheFirstRunEnded()
    {
        using var warm = Quick.Fit(Quick.Options(student: ImageClassifier.FromOnnx(_file), epochs: 1, rate: .001), fitted.Rows);
        using var fresh = Quick.Fit(Quick.Options(epochs: 1, rate: .001), fitted.Rows);

        Assert.True(warm.Report.Terms["task"][0] < .6 * fresh.Report.Terms["task"][0], $"Warm {warm.Report.Terms["task"][0]}, fresh {fresh.Report.Terms["task"][0]}.");
    }

    // Keys by occurrence: the same classes in another order are the same classes.
    [Fact]
    public void LabelsInAnotherOrderKeepTheirScores()
    {
        var rows = fitted.Rows.Reverse().ToList();
        var ml = new MLContext(seed: 1);
        var view = ml.Data.LoadFromEnumerable(rows);
        var data = ml.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view);
        using var student = ml.DistillImageClassification(Quick.Options(student: ImageClassifier.FromOnnx(_file), epochs: 1, rate: 1e-30)).Fit(data);

        Assert.Equal(["blue", "green", "red"], student.ClassNames);
        var right = ml.MulticlassClassification.Evaluate(student.Transform(data)).MicroAccuracy;
        Assert.InRange(right, .7, 1);
    }

    [Fact]
    public void OtherClassesAreAnError()
    {
        var ml = new MLContext(seed: 1);
        var view = ml.Data.LoadFromEnumerable(fitted.Rows);
        var data = ml.Transforms.Conversion.MapValueToKey("Label", "Number").Fit(view).Transform(view);

        var error = Assert.Throws<InvalidDataException>(() => ml.DistillImageClassification(Quick.Options(student: ImageClassifier.FromOnnx(_file))).Fit(data));

        Assert.Contains("knows the classes red, green, blue; the labels have 30, 20, 10.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AForeignFileIsAnError()
    {
        var error = Assert.Throws<InvalidDataException>(() => ImageClassifier.FromOnnx(ColourTeacher.Model(Drawn.Classes)));

        Assert.Contains("was not exported by this library", error.Message, StringComparison.Ordinal);
    }
}
