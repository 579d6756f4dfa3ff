using System.Reflection;

namespace Microsoft.ML
{
    [AttributeUsage(AttributeTargets.Class)]
    public abstract class ExtensionBaseAttribute : Attribute
    {
        private protected ExtensionBaseAttribute(string contractName) => ContractName = Check.NotEmpty(contractName, nameof(contractName));

        public string ContractName { get; }
    }
}

namespace Microsoft.ML.Runtime
{
    public sealed class ComponentCatalog
    {
        private readonly Lock _lock = new();
        private readonly HashSet<Assembly> _seen = [];
        private readonly Dictionary<string, Type> _extensions = [];

        internal ComponentCatalog()
        {
        }

        public void RegisterAssembly(Assembly assembly, bool throwOnError = true)
        {
            Check.NotNull(assembly, nameof(assembly));
            lock (_lock)
            {
                if (!_seen.Add(assembly))
                    return;
                foreach (var type in assembly.GetTypes().Where(t => t.IsClass))
                {
                    if (type.GetCustomAttribute<ExtensionBaseAttribute>(inherit: false) is not { } attribute)
                        continue;
                    if (!_extensions.TryAdd(attribute.ContractName, type) && throwOnError)
                    {
                        throw new InvalidOperationException(
                            $"There are two extensions for the contract '{attribute.ContractName}': "
                                + $"{_extensions[attribute.ContractName]} and {type}. Rename one.");
                    }
                }
            }
        }

        internal object CreateExtension(string contractName)
        {
            Type type;
            lock (_lock)
                _extensions.TryGetValue(contractName, out type);
            if (type == null)
            {
                throw new InvalidOperationException($"Unable to locate an extension for the contract '{contractName}': "
                    + "call RegisterAssembly of MLContext.ComponentCatalog with the assembly whose class carries that "
                    + "contract's attribute");
            }
            return Generic.Unwrapped(() => Activator.CreateInstance(type));
        }
    }
}
