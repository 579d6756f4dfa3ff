using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

public abstract class LbfgsTrainerBase<TOptions, TTransformer, TModel> : TrainerEstimatorBase<TTransformer, TModel>
    where TTransformer : ISingleFeaturePredictionTransformer<TModel>
    where TModel : class
    where TOptions : LbfgsTrainerBase<TOptions, TTransformer, TModel>.OptionsBase, new()
{
    internal LbfgsTrainerBase(IHostEnvironment env, TOptions options, SchemaShape.Column feature, SchemaShape.Column label,
        SchemaShape.Column weight)
        : base(env, feature, label, weight)
    {
        LbfgsOptions = options;
        Check.That(options.L1Regularization >= 0, nameof(options),
            $"L1Regularization must not be negative; got {options.L1Regularization}");
        Check.That(options.L2Regularization >= 0, nameof(options),
            $"L2Regularization must not be negative; got {options.L2Regularization}");
        Check.That(options.OptimizationTolerance > 0, nameof(options),
            $"OptimizationTolerance must be positive; got {options.OptimizationTolerance}");
        Check.That(options.HistorySize > 0, nameof(options), $"HistorySize must be positive; got {options.HistorySize}");
        Check.That(options.MaximumNumberOfIterations > 0, nameof(options),
            $"MaximumNumberOfIterations must be positive; got {options.MaximumNumberOfIterations}");
        Check.That(options.InitialWeightsDiameter >= 0, nameof(options),
            $"InitialWeightsDiameter must not be negative; got {options.InitialWeightsDiameter}");
        if (options.EnforceNonNegativity)
            throw Check.NotOffered(nameof(options.EnforceNonNegativity));
        if (options.StochasticGradientDescentInitilaizationTolerance != 0)
            throw Check.NotOffered(nameof(options.StochasticGradientDescentInitilaizationTolerance));
    }

    internal TOptions LbfgsOptions { get; }

    public override TrainerInfo Info { get; } = new(needNormalization: true, wantCaching: true);

    public abstract class OptionsBase : TrainerInputBaseWithWeight
    {
        public float L2Regularization = 1;
        public float L1Regularization = 1;
        public float OptimizationTolerance = 1e-7f;
        public int HistorySize = 20;
        public float InitialWeightsDiameter = 0;
        public int MaximumNumberOfIterations = int.MaxValue;
        public float StochasticGradientDescentInitilaizationTolerance = 0;
        public bool Quiet = false;
        // Neither changes the result: the stand-in always works in one thread and with dense vectors.
        public int? NumberOfThreads = null;
        public bool DenseOptimizer = false;
        public bool EnforceNonNegativity = false;

        protected OptionsBase()
        {
        }
    }
}
