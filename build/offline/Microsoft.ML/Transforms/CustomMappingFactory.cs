using System.Reflection;
using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

[AttributeUsage(AttributeTargets.Class)]
public sealed class CustomMappingFactoryAttributeAttribute : ExtensionBaseAttribute
{
    public CustomMappingFactoryAttributeAttribute(string contractName) : base(contractName)
    {
    }
}

internal interface ICustomMappingFactory
{
    ITransformer CreateTransformer(string contractName);
}

public abstract class CustomMappingFactory<TSrc, TDst> : ICustomMappingFactory where TSrc : class, new() where TDst : class, new()
{
    protected CustomMappingFactory()
    {
    }

    public abstract Action<TSrc, TDst> GetMapping();

    ITransformer ICustomMappingFactory.CreateTransformer(string contractName) =>
        new CustomMappingTransformer<TSrc, TDst>(GetMapping(), contractName, null, null);
}

[ModelKind("CustomMapping")]
internal static class CustomMappingReader
{
    internal static ITransformer Load(ModelLoadContext ctx)
    {
        string contractName = ctx.Reader.ReadString();
        string assemblyName = ctx.Reader.ReadString();
        var catalog = ctx.Environment.ComponentCatalog;
        try
        {
            catalog.RegisterAssembly(Assembly.Load(assemblyName));
        }
        catch (FileNotFoundException)
        {
            // The application may have registered an assembly of another name that carries the contract; if not, the next line says so.
        }
        return catalog.CreateExtension(contractName) is ICustomMappingFactory factory
            ? factory.CreateTransformer(contractName)
            : throw new InvalidOperationException($"The extension for the contract '{contractName}' is no CustomMappingFactory");
    }
}
