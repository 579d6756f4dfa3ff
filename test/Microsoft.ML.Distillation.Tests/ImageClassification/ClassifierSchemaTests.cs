using Microsoft.ML.Data;
using VectorKind = Microsoft.ML.SchemaShape.Column.VectorKind;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

[Collection(nameof(TrainingTests))]
public class ClassifierSchemaTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(false, "Score", "PredictedLabel")]
    [InlineData(false, "Chances", "Guess")]
    [InlineData(true, "Score", "PredictedLabel")]
    [InlineData(true, "Chances", "PredictedLabel")]
    public void ThePromisedSchemaIsTheFittedOne(bool asBytes, string score, string predicted)
    {
        var probe = new Shapes.Probe();
        var data = _ml.Data.LoadFromEnumerable(Drawn.Rows(24));
        var model = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.Transforms.CopyColumns("Picture", asBytes ? "Bytes" : "Image"))
            .Append(_ml.DistillImageClassification(Options(score, predicted)))
            .Append(probe)
            .Append(_ml.Transforms.Conversion.MapKeyToValue("Name", predicted))
            .Fit(data);

        AssertKept(probe.Seen!, new TransformerChain<ITransformer>([.. model.Take(3)]).GetOutputSchema(data.Schema));
        Assert.Equal(TextDataViewType.Instance, model.GetOutputSchema(data.Schema)["Name"].Type);
    }

    [Fact]
    public void OutputsCarryWhatMlNetsOwnTrainersGive()
    {
        var data = Drawn.View(_ml, Drawn.Rows(24));
        using var student = _ml.DistillImageClassification(Quick.Options(epochs: 1)).Fit(data);
        var schema = student.GetOutputSchema(data.Schema);

        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 3), schema["Score"].Type);
        Assert.Equal(new KeyDataViewType(typeof(uint), 3), schema["PredictedLabel"].Type);
        Assert.Equal("red, green, blue", SchemaText.Annotation(schema["Score"].Annotations, "SlotNames"));
        Assert.Equal("red, green, blue", SchemaText.Annotation(schema["Score"].Annotations, "TrainingLabelValues"));
        Assert.Equal("MulticlassClassification", SchemaText.Annotation(schema["Score"].Annotations, "ScoreColumnKind"));
        Assert.Equal("Score", SchemaText.Annotation(schema["Score"].Annotations, "ScoreValueKind"));
        Assert.Equal("red, green, blue", SchemaText.Annotation(schema["PredictedLabel"].Annotations, "KeyValues"));
        Assert.Equal("PredictedLabel", SchemaText.Annotation(schema["PredictedLabel"].Annotations, "ScoreValueKind"));
    }

    [Fact]
    public void NothingInBetweenIsLeft()
    {
        var data = Drawn.View(_ml, Drawn.Rows(24));
        using var student = _ml.DistillImageClassification(Quick.Options(epochs: 1)).Fit(data);

        var schema = student.GetOutputSchema(data.Schema);

        Assert.Equal([.. data.Schema.Where(c => !c.IsHidden).Select(c => c.Name), "PredictedLabel", "Score"], schema.Where(c => !c.IsHidden).Select(c => c.Name));
        Assert.DoesNotContain(schema, c => c.Name.StartsWith("distillation", StringComparison.Ordinal));
    }

    [Fact]
    public void AMissingColumnIsNamed()
    {
        var trainer = _ml.DistillImageClassification(Quick.Options());
        var shape = Shapes.Of(_ml.Transforms.DropColumns("Image", "Bytes", "Number").Fit(Drawn.View(_ml, Drawn.Rows(3))).Transform(Drawn.View(_ml, Drawn.Rows(3))));

        var error = Assert.Throws<ArgumentException>(() => trainer.GetOutputSchema(shape));

        Assert.StartsWith("Image column 'Image' is not in the data; it has 'ImagePath', 'Label'.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALabelThatIsNoKeyIsAnErrorBeforeAnythingIsFitted()
    {
        var chain = new EstimatorChain<ITransformer>().Append(_ml.DistillImageClassification(Quick.Options()));

        var error = Assert.Throws<ArgumentException>(() => chain.Fit(_ml.Data.LoadFromEnumerable(Drawn.Rows(3))));

        Assert.StartsWith("Label column 'Label' is Scalar of String; a key is needed: add MapValueToKey(\"Label\").", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ImagePath", "Scalar of String")]
    [InlineData("Number", "Scalar of Int32")]
    public void AnImageColumnThatHoldsNoImageIsAnErrorBeforeAnythingIsFitted(string column, string type)
    {
        var trainer = _ml.DistillImageClassification(new ImageClassificationDistillationOptions { ImageColumnName = column });

        var error = Assert.Throws<ArgumentException>(() => trainer.GetOutputSchema(Shapes.Of(Drawn.View(_ml, Drawn.Rows(3)))));

        Assert.StartsWith($"Image column '{column}' is {type}; an image (LoadImages, MLImage) or the bytes of an encoded image (LoadRawImageBytes) is needed.", error.Message, StringComparison.Ordinal);
    }

    // ML.NET's trainers take keys of UInt32 alone; the layer at the end is fitted on rows of its own.
    [Theory]
    [InlineData("Byte", typeof(byte))]
    [InlineData("UShort", typeof(ushort))]
    [InlineData("UInt", typeof(uint))]
    [InlineData("ULong", typeof(ulong))]
    public void KeysOfAnyWidthAreTakenInAPipelineToo(string label, Type kept)
    {
        var probe = new Shapes.Probe();
        var data = _ml.Data.LoadFromEnumerable(Drawn.Rows(24).Select(row => new KeyRow { Row = row }));

        var model = new EstimatorChain<ITransformer>().Append(_ml.DistillImageClassification(Options("Score", "PredictedLabel", "Image", label))).Append(probe).Fit(data);

        var schema = new TransformerChain<ITransformer>([.. model.Take(1)]).GetOutputSchema(data.Schema);
        AssertKept(probe.Seen!, schema);
        Assert.Equal((new KeyDataViewType(kept, 3), new KeyDataViewType(typeof(uint), 3)), (schema[label].Type, schema["PredictedLabel"].Type));
    }

    private static ImageClassificationDistillationOptions Options(string score, string predicted, string image = "Picture", string label = "Label") => new()
    {
        ImageColumnName = image,
        LabelColumnName = label,
        ScoreColumnName = score,
        PredictedLabelColumnName = predicted,
        Student = ImageClassifier.ResNet8,
        ImageSize = Quick.Size,
        Epochs = 1,
        Threads = 1,
    };

    private static void AssertKept(SchemaShape promised, DataViewSchema fitted)
    {
        var visible = fitted.Where(c => !c.IsHidden).ToList();
        Assert.Equal(promised.Select(c => c.Name).Order(StringComparer.Ordinal), visible.Select(c => c.Name).Order(StringComparer.Ordinal));
        foreach (var column in promised)
        {
            var type = fitted[column.Name].Type;
            var vector = type as VectorDataViewType;
            var kind = vector is null ? VectorKind.Scalar : vector.Size > 0 ? VectorKind.Vector : VectorKind.VariableVector;
            var item = vector?.ItemType ?? type;
            Assert.Equal((column.Name, column.Kind, column.IsKey, column.ItemType.RawType), (column.Name, kind, item is KeyDataViewType, item.RawType));
            Assert.Empty(column.Annotations.Select(a => a.Name).Except(fitted[column.Name].Annotations.Schema.Select(a => a.Name)));
        }
    }

    private sealed class KeyRow
    {
        [NoColumn]
        public DrawnRow Row { get; init; } = null!;

        [AnySizeImage]
        public MLImage Image
        {
            get => Row.Image;
            set => throw new NotSupportedException("Drawn images are read only.");
        }

        [KeyType(3)]
        public byte Byte
        {
            get => (byte)Key;
            set => throw new NotSupportedException("Labels are read only.");
        }

        [KeyType(3)]
        public ushort UShort
        {
            get => (ushort)Key;
            set => throw new NotSupportedException("Labels are read only.");
        }

        [KeyType(3)]
        public uint UInt
        {
            get => Key;
            set => throw new NotSupportedException("Labels are read only.");
        }

        [KeyType(3)]
        public ulong ULong
        {
            get => Key;
            set => throw new NotSupportedException("Labels are read only.");
        }

        private uint Key => (uint)Array.IndexOf(Drawn.Classes, Row.Label) + 1;
    }
}
