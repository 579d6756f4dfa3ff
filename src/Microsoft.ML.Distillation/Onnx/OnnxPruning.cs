namespace Microsoft.ML.Distillation.Onnx;

/// <summary>Takes out of a graph what none of its outputs need.</summary>
internal static class OnnxPruning
{
    /// <summary>Removes nodes and initialisers that lead to no output; inputs stay. Nodes must be in the order they run, as the builder writes them.</summary>
    public static ModelProto RemoveUnused(this ModelProto model)
    {
        var graph = model.Graph;
        var needed = graph.Output.Select(o => o.Name).ToHashSet();
        for (var i = graph.Node.Count - 1; i >= 0; i--)
        {
            if (graph.Node[i].Output.Any(needed.Contains))
                needed.UnionWith(graph.Node[i].Input);
            else
                graph.Node.RemoveAt(i);
        }
        for (var i = graph.Initializer.Count - 1; i >= 0; i--)
        {
            if (!needed.Contains(graph.Initializer[i].Name))
                graph.Initializer.RemoveAt(i);
        }
        return model;
    }
}
