using System.Globalization;
using System.Runtime.InteropServices;

namespace Microsoft.ML.Distillation.Common;

/// <summary>64 bits that tell contents apart, at the speed of memory. Against accidents, not against forgers.</summary>
internal struct ContentHash
{
    // FNV-1a over words of eight bytes, with its 64-bit prime and offset; the shift brings a word's high bits into the low ones, which a product never does.
    private const ulong Prime = 0x100000001B3;
    private ulong _hash = 0xCBF29CE484222325;

    public ContentHash()
    {
    }

    /// <summary>Of all of a content at once.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var hash = new ContentHash();
        hash.Add(bytes);
        return hash.ToString();
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
            Mix(word);
        foreach (var rest in bytes[(8 * words.Length)..])
            Mix(rest);
        Mix((ulong)bytes.Length);
    }

    public void Add(long value) => Mix((ulong)value);

    public override readonly string ToString() => _hash.ToString("x16", CultureInfo.InvariantCulture);

    private void Mix(ulong word)
    {
        _hash = (_hash ^ word) * Prime;
        _hash ^= _hash >> 32;
    }
}
