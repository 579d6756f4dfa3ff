namespace Microsoft.ML;

/// <summary>The name under which a saved transformer is found again: its class has a static Load(ModelLoadContext),
/// or, if it is generic, a class of the same kind beside it has.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class ModelKindAttribute(string name) : Attribute
{
    internal string Name { get; } = name;
}
