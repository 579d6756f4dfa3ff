using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            public virtual IEnumerable<(string, Parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<IntPtr>();
                foreach (var (key, parameter) in _internal_params)
                {
                    if (!parameter.IsInvalid && seen.Add(parameter.Handle))
                        yield return (key, parameter);
                }
                if (!recurse)
                    yield break;
                foreach (var (child, module) in _internal_submodules)
                {
                    foreach (var (key, parameter) in module.named_parameters(true))
                    {
                        if (seen.Add(parameter.Handle))
                            yield return ($"{child}.{key}", parameter);
                    }
                }
            }

            /// <summary>Buffers that are not persistent are left out whatever is asked for, as TorchSharp 0.102.7 does.</summary>
            public virtual IEnumerable<(string, Tensor)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<IntPtr>();
                foreach (var (key, (buffer, persistent)) in _internal_buffers)
                {
                    if (persistent && !buffer.IsInvalid && seen.Add(buffer.Handle))
                        yield return (key, buffer);
                }
                if (!recurse)
                    yield break;
                foreach (var (child, module) in _internal_submodules)
                {
                    foreach (var (key, buffer) in module.named_buffers(true, include_nonpersistent))
                    {
                        if (seen.Add(buffer.Handle))
                            yield return ($"{child}.{key}", buffer);
                    }
                }
            }

            public virtual IEnumerable<(string, Module)> named_children() => _internal_submodules;

            /// <summary>The direct children first, then what each of them holds; never this module itself.</summary>
            public virtual IEnumerable<(string, Module)> named_modules()
            {
                foreach (var (key, module) in _internal_submodules)
                    yield return (key, module);
                foreach (var (child, module) in _internal_submodules)
                {
                    foreach (var (key, inner) in module.named_modules())
                        yield return ($"{child}.{key}", inner);
                }
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(item => item.Item2);

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(item => item.Item2);

            public virtual IEnumerable<Module> children() => named_children().Select(item => item.Item2);

            public virtual IEnumerable<Module> modules() => named_modules().Select(item => item.Item2);

            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            public virtual Parameter get_parameter(string target) =>
                _internal_params.TryGetValue(target, out var parameter)
                    ? parameter
                    : Inner(target, (module, rest) => module.get_parameter(rest))!;

            public virtual Tensor get_buffer(string target) =>
                _internal_buffers.TryGetValue(target, out var buffer)
                    ? buffer.Item1
                    : Inner(target, (module, rest) => module.get_buffer(rest))!;

            private T? Inner<T>(string target, Func<Module, string, T?> find) where T : class
            {
                int dot = target.IndexOf('.');
                return dot > 0 && _internal_submodules.TryGetValue(target[..dot], out var child) ? find(child, target[(dot + 1)..]) : null;
            }
        }
    }
}
