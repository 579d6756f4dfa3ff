using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>Tests that train: one after another, since TorchSharp has one number of threads for the process.</summary>
[CollectionDefinition(nameof(TrainingTests))]
public sealed class TrainingTests : ICollectionFixture<FittedPipeline>;

/// <summary>A whole pipeline from the path of an image to the name of its class, fitted once for all tests that only look at it.</summary>
public sealed class FittedPipeline : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FittedPipeline()
    {
        Rows = Drawn.Rows(96);
        Drawn.Write(Rows, Directory.CreateDirectory(_folder["images"]).FullName);
        Data = Ml.Data.LoadFromEnumerable(Rows);
        Model = Ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(Ml.Transforms.LoadImages("Image", "", "ImagePath"))
            .Append(Ml.DistillImageClassification(Quick.Options(ColourTeacher.Named(Drawn.Classes), epochs: 4)))
            .Append(Ml.Transforms.Conversion.MapKeyToValue("PredictedName", "PredictedLabel"))
            .Fit(Data);
        Student = Model.OfType<ImageClassificationDistillationTransformer>().Single();
        Zip = _folder["student.zip"];
        Ml.Model.Save(Model, Data.Schema, Zip);
    }

    public MLContext Ml { get; } = new(seed: 1);

    public TransformerChain<KeyToValueMappingTransformer> Model { get; }

    public ImageClassificationDistillationTransformer Student { get; }

    /// <summary>The saved pipeline.</summary>
    public string Zip { get; }

    internal IReadOnlyList<DrawnRow> Rows { get; }

    /// <summary>The rows as the pipeline takes them.</summary>
    internal IDataView Data { get; }

    /// <summary>The same rows as the student itself takes them.</summary>
    internal IDataView StudentData => new TransformerChain<ITransformer>([.. Model.Take(2)]).Transform(Data);

    public void Dispose()
    {
        Model.Dispose();
        _folder.Dispose();
    }
}
