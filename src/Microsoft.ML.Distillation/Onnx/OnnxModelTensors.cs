namespace Microsoft.ML.Distillation.Onnx;

/// <summary>Every tensor that a model holds, wherever it is put: initialisers, attributes, branches, loops, functions, sparse tensors.</summary>
internal static class OnnxModelTensors
{
    public static IEnumerable<TensorProto> All(ModelProto model)
    {
        var tensors = model.Functions.SelectMany(f => f.Node.SelectMany(n => n.Attribute).Concat(f.AttributeProto)).SelectMany(All);
        return model.Graph is null ? tensors : All(model.Graph).Concat(tensors);
    }

    /// <summary>The graphs within a node: branches and the bodies of loops.</summary>
    public static IEnumerable<GraphProto> Graphs(NodeProto node) => node.Attribute.SelectMany(Graphs);

    private static IEnumerable<TensorProto> All(GraphProto graph) =>
        graph.Initializer
            .Concat(graph.SparseInitializer.SelectMany(All))
            .Concat(graph.Node.SelectMany(n => n.Attribute).SelectMany(All));

    private static IEnumerable<TensorProto> All(AttributeProto attribute)
    {
        IEnumerable<TensorProto> own = attribute.T is null ? attribute.Tensors : attribute.Tensors.Prepend(attribute.T);
        var sparse = attribute.SparseTensor is null ? attribute.SparseTensors : attribute.SparseTensors.Prepend(attribute.SparseTensor);
        return own.Concat(sparse.SelectMany(All)).Concat(Graphs(attribute).SelectMany(All));
    }

    private static IEnumerable<GraphProto> Graphs(AttributeProto attribute) => attribute.G is null ? attribute.Graphs : attribute.Graphs.Prepend(attribute.G);

    private static IEnumerable<TensorProto> All(SparseTensorProto sparse)
    {
        if (sparse.Values is not null)
            yield return sparse.Values;
        if (sparse.Indices is not null)
            yield return sparse.Indices;
    }
}
