using System.Collections;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Common;

/// <summary>A network's maps for losses, which compute in float32. A map is cast when it is first asked for: most methods ask for few or none.</summary>
internal sealed class FloatMaps : IReadOnlyList<Tensor>
{
    private readonly IReadOnlyList<Tensor> _maps;
    private readonly bool[] _learned;
    private readonly Tensor?[] _cast;

    private FloatMaps(IReadOnlyList<Tensor> maps) => (_maps, _learned, _cast) = (maps, [.. maps.Select(map => map.requires_grad)], new Tensor?[maps.Count]);

    public int Count => _maps.Count;

    public Tensor this[int index]
    {
        get
        {
            // A cast made without gradients, or in a scope that has ended, is of no use to who comes later. A teacher's own maps have ended by then, and its casts are kept.
            if (_cast[index] is not { IsInvalid: false } cast || (_learned[index] && !cast.requires_grad && is_grad_enabled()))
                _cast[index] = cast = _maps[index].to(ScalarType.Float32);
            return cast;
        }
    }

    /// <returns>The maps themselves, unless they are bfloat16.</returns>
    public static IReadOnlyList<Tensor> Of(IReadOnlyList<Tensor> maps) => maps.Count > 0 && maps[0].dtype == ScalarType.BFloat16 ? new FloatMaps(maps) : maps;

    /// <returns>The map itself, unless it is bfloat16.</returns>
    public static Tensor Of(Tensor map) => map.dtype == ScalarType.BFloat16 ? map.to(ScalarType.Float32) : map;

    public IEnumerator<Tensor> GetEnumerator() => Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
