namespace Microsoft.ML.Distillation.Data;

/// <summary>A built-in step of a chain, to be fitted on data or asked what schema it promises: promise and result come from one list of links.</summary>
/// <param name="Fit">Makes the transformer.</param>
/// <param name="Shape">The schema after it.</param>
internal sealed record ChainLink(Func<IDataView, ITransformer> Fit, Func<SchemaShape, SchemaShape> Shape)
{
    public static ChainLink Of<T>(IEstimator<T> estimator) where T : class, ITransformer => new(estimator.Fit, estimator.GetOutputSchema);
}
