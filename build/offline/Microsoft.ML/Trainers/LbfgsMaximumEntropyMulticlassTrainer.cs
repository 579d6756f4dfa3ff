using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

public sealed class LbfgsMaximumEntropyMulticlassTrainer : LbfgsTrainerBase<LbfgsMaximumEntropyMulticlassTrainer.Options,
    MulticlassPredictionTransformer<MaximumEntropyModelParameters>, MaximumEntropyModelParameters>
{
    internal LbfgsMaximumEntropyMulticlassTrainer(IHostEnvironment env, Options options) : base(env, options,
        new(options.FeatureColumnName, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false),
        new(options.LabelColumnName, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, true),
        options.ExampleWeightColumnName == null ? default
            : new(options.ExampleWeightColumnName, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, false))
    {
        if (options.ShowTrainingStatistics)
            throw Check.NotOffered(nameof(options.ShowTrainingStatistics));
    }

    public MulticlassPredictionTransformer<MaximumEntropyModelParameters> Fit(IDataView trainData,
        MaximumEntropyModelParameters modelParameters) =>
        Train(Check.NotNull(trainData, nameof(trainData)), modelParameters);

    internal override MulticlassPredictionTransformer<MaximumEntropyModelParameters> Train(IDataView data,
        MaximumEntropyModelParameters initial)
    {
        var (features, label) = (data.Schema[FeatureColumn.Name], data.Schema[LabelColumn.Name]);
        var examples = SoftmaxExamples.Load(data, features, label, WeightColumn.IsValid ? data.Schema[WeightColumn.Name] : null);
        if (examples.Count == 0)
            throw new InvalidOperationException($"No valid training instances found: no row has both a label in '{label.Name}' "
                + $"and finite features in '{features.Name}'");

        var loss = new SoftmaxLoss(examples, LbfgsOptions.L2Regularization);
        var parameters = loss.Start(initial);
        if (initial == null && LbfgsOptions.InitialWeightsDiameter > 0)
        {
            for (int i = 0; i < parameters.Length; i++)
                parameters[i] = LbfgsOptions.InitialWeightsDiameter * (Host.Rand.NextDouble() - 0.5);
        }
        using var ch = Host.Start("Training");
        var optimizer = new OwlQn
        {
            Loss = loss.Evaluate,
            L1 = LbfgsOptions.L1Regularization / examples.TotalWeight,
            FirstPenalised = loss.BiasCount,
            HistorySize = LbfgsOptions.HistorySize,
            Tolerance = LbfgsOptions.OptimizationTolerance,
            MaximumIterations = LbfgsOptions.MaximumNumberOfIterations,
        };
        int iterations = optimizer.Minimize(parameters);
        if (!LbfgsOptions.Quiet)
            ch.Info(MessageSensitivity.None, "L-BFGS: {0} iterations over {1} rows", iterations, examples.Count);
        return new(loss.ToModel(parameters), features, label);
    }

    internal override SchemaShape.Column[] OutputColumns(SchemaShape inputSchema)
    {
        var label = inputSchema.Find(LabelColumn.Name, "label");
        var scoreKinds = new[]
        {
            SchemaShapes.ScalarAnnotation(AnnotationKinds.ScoreColumnSetId, NumberDataViewType.UInt32, isKey: true),
            SchemaShapes.ScalarAnnotation(AnnotationKinds.ScoreColumnKind, TextDataViewType.Instance),
            SchemaShapes.ScalarAnnotation(AnnotationKinds.ScoreValueKind, TextDataViewType.Instance),
        };
        var names = new List<SchemaShape.Column>();
        if (label.Annotations.TryFindColumn(AnnotationKinds.KeyValues, out var values))
        {
            names.Add(SchemaShapes.VectorAnnotation(AnnotationKinds.TrainingLabelValues, values.ItemType));
            if (values.ItemType is TextDataViewType)
                names.Add(SchemaShapes.VectorAnnotation(AnnotationKinds.SlotNames, values.ItemType));
        }
        return
        [
            new(MulticlassMapper.Score, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false,
                new([.. names, .. scoreKinds])),
            new(MulticlassMapper.PredictedLabel, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, true,
                new([.. label.Annotation(AnnotationKinds.KeyValues), .. scoreKinds])),
        ];
    }

    public sealed class Options : OptionsBase
    {
        public bool ShowTrainingStatistics = false;

        public Options()
        {
        }
    }
}
