using System.Buffers.Binary;

namespace Microsoft.ML.Distillation.Data;

/// <summary>Finds validation images that are training images too, pixel by pixel as they are stored.</summary>
internal static class LeakCheck
{
    private const int PairsShown = 5;

    /// <summary>What was found; null for no image in both.</summary>
    public static DataFinding? Find(PixelStore training, RowLog trainingLog, PixelStore validation, RowLog validationLog)
    {
        var pairs = Pairs(training, validation);
        if (pairs.Count == 0)
            return null;
        var shown = string.Join(", ", pairs.Take(PairsShown).Select(p => FormattableString.Invariant($"{validationLog.SourceRow(validation.Place(p.Validation))} = {trainingLog.SourceRow(training.Place(p.Training))}")));
        var relabelled = pairs.Count(p => validation.Labels[p.Validation] != training.Labels[p.Training]);
        var labels = relabelled == 0 || !training.HasLabels ? "" : $", {relabelled} of them with another label there";
        return new(DataFindingKind.Leaked, "validation", pairs.Count, $"{pairs.Count} of {validation.Count} validation images are in the training data too{labels} (validation row = training row: {shown}{(pairs.Count > PairsShown ? ", …" : "")}); "
            + "what is measured on them says nothing of other images. Take them out of one of the two.");
    }

    /// <summary>Every validation row with an equal training row, and the first such.</summary>
    private static List<(int Validation, int Training)> Pairs(PixelStore training, PixelStore validation)
    {
        var rows = new Dictionary<ulong, int>();
        var collisions = new Dictionary<ulong, List<int>>(); // rows of the same hash after the first
        for (var row = 0; row < training.Count; row++)
        {
            var hash = Hash(training.Pixels(row));
            if (rows.TryAdd(hash, row) || training.Pixels(row).SequenceEqual(training.Pixels(rows[hash])))
                continue;
            if (!collisions.TryGetValue(hash, out var list))
                collisions.Add(hash, list = []);
            list.Add(row);
        }
        var pairs = new List<(int, int)>();
        for (var row = 0; row < validation.Count; row++)
        {
            var hash = Hash(validation.Pixels(row));
            if (!rows.TryGetValue(hash, out var first))
                continue;
            foreach (var candidate in collisions.GetValueOrDefault(hash, []).Prepend(first))
            {
                if (!training.Pixels(candidate).SequenceEqual(validation.Pixels(row)))
                    continue;
                pairs.Add((row, candidate));
                break;
            }
        }
        return pairs;
    }

    /// <summary>Multiplies and folds, eight bytes at a time: as fast as memory, and for nothing but telling candidates, which are compared in full.</summary>
    internal static ulong Hash(ReadOnlySpan<byte> pixels)
    {
        var hash = (ulong)pixels.Length;
        for (; pixels.Length >= sizeof(ulong); pixels = pixels[sizeof(ulong)..])
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(pixels));
        foreach (var value in pixels)
            hash = Mix(hash ^ value);
        return hash;
    }

    private static ulong Mix(ulong value)
    {
        const ulong Golden = 0x9E3779B97F4A7C15; // 2⁶⁴ over the golden ratio, made odd
        value *= Golden;
        return value ^ (value >> 32);
    }
}
