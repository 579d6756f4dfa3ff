using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Modules one after the other; what one hands to the next ends with the next's call.</summary>
    public class Sequential : nn.Module<Tensor, Tensor>
    {
        protected internal Sequential(params nn.Module<Tensor, Tensor>[] modules)
            : base(nameof(Sequential))
        {
            foreach (var module in modules)
                append(module);
        }

        protected internal Sequential(params (string, nn.Module<Tensor, Tensor>)[] modules)
            : base(nameof(Sequential))
        {
            foreach (var (key, module) in modules)
                append(key, module);
        }

        public int Count => _internal_submodules.Count;

        [IndexerName("SequentialItems")]
        public nn.IModule<Tensor, Tensor> this[int index] => (nn.IModule<Tensor, Tensor>)_internal_submodules[index].Item2;

        [IndexerName("SequentialItems")]
        public Sequential this[(int?, int?) index] => Slice(index.Item1 ?? 0, index.Item2 ?? Count);

        [IndexerName("SequentialItems")]
        public Sequential this[Range index] => Slice(index.Start.GetOffset(Count), index.End.GetOffset(Count));

        public Sequential append(nn.IModule<Tensor, Tensor> module) =>
            append(Count.ToString(System.Globalization.CultureInfo.InvariantCulture), module);

        public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
        {
            register_module(name, (nn.Module)module);
            return this;
        }

        public override Tensor forward(Tensor tensor)
        {
            if (Count == 0)
                return tensor.alias();
            var current = tensor;
            for (int i = 0; i < Count; i++)
            {
                var next = this[i].call(current);
                if (i > 0)
                    current.Dispose();
                current = next;
            }
            return current;
        }

        private Sequential Slice(int start, int end)
        {
            if (start < 0 || end > Count)
                throw new IndexOutOfRangeException($"The range {start}..{end} is outside of 0..{Count}.");
            var slice = new Sequential(Array.Empty<nn.Module<Tensor, Tensor>>());
            for (int i = start; i < end; i++)
                slice.append(_internal_submodules[i].Item1, this[i]);
            return slice;
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Sequential Sequential() => new(Array.Empty<Module<Tensor, Tensor>>());

            public static Modules.Sequential Sequential(params Module<Tensor, Tensor>[] modules) => new(modules);

            public static Modules.Sequential Sequential(params (string, Module<Tensor, Tensor>)[] modules) => new(modules);

            public static Modules.Sequential Sequential(params Tuple<string, Module<Tensor, Tensor>>[] modules) =>
                new(Array.ConvertAll(modules, m => (m.Item1, m.Item2)));

            public static Modules.Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules) => new(modules.ToArray());

            public static Modules.Sequential Sequential(IEnumerable<(string, Module<Tensor, Tensor>)> modules) => new(modules.ToArray());

            public static Modules.Sequential Sequential(IEnumerable<Tuple<string, Module<Tensor, Tensor>>> modules) =>
                Sequential(modules.ToArray());
        }
    }
}
