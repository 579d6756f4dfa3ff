using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>What tells a run's student and teacher from others, for every task's checkpoints.</summary>
internal static class RunIdentity
{
    private const int SampleRows = 8, SampleValues = 64;
    private const double TeacherTolerance = .01;

    /// <summary>A teacher by what is known of it before it is asked anything.</summary>
    public static string Teacher(string identity, long? parameters, long? bytes) => FormattableString.Invariant($"{identity}, {parameters ?? 0} weights, {bytes ?? 0} bytes");

    /// <summary>What tells a run from that of a checkpoint, in words; nothing where it is the same.</summary>
    public static IReadOnlyList<string> Differences(Checkpoint then, IReadOnlyDictionary<string, string> now, IReadOnlyList<double> teacherSample)
    {
        var differences = now.Keys.Union(then.Identity.Keys)
            .Select(name => (Name: name, Then: then.Identity.GetValueOrDefault(name, "not there"), Now: now.GetValueOrDefault(name, "not there")))
            .Where(d => d.Then != d.Now)
            .Select(d => $"{d.Name}: '{d.Then}' then, '{d.Now}' now.").ToList();
        if (differences.Count == 0 && !Alike(then.TeacherSample, teacherSample))
            differences.Add("Teacher: it answers otherwise than the one of that name did then.");
        return differences;
    }

    /// <summary>The weights a module has now.</summary>
    public static string Weights(nn.Module module)
    {
        using var scope = NewDisposeScope();
        var hash = new ContentHash();
        foreach (var (_, value) in new ModuleTensors(module).Tensors)
            hash.Add(value.detach().cpu().contiguous().bytes);
        return hash.ToString();
    }

    /// <summary>Some of what a teacher says of a store's first images.</summary>
    /// <param name="ask">From pixels, float N×3×H×W of the stored size, and their places in the store.</param>
    public static IReadOnlyList<double> TeacherSample(PixelStore store, Device device, Func<Tensor, int[], IEnumerable<Tensor>> ask)
    {
        using var scope = NewDisposeScope();
        int[] rows = [.. Enumerable.Range(0, Math.Min(SampleRows, store.Count))];
        var pixels = rows.SelectMany(row => store.Pixels(row).ToArray()).ToArray();
        return [.. ask(PixelTensor.Create(pixels, rows.Length, store.Size, device), rows).SelectMany(Some)];
    }

    // Another device, or another version of a library, computes the last digits otherwise; another teacher says something else.
    private static bool Alike(IReadOnlyList<double> then, IReadOnlyList<double> now) =>
        then.Count == now.Count && (then.Count == 0 || then.Zip(now).Max(p => Math.Abs(p.First - p.Second)) <= TeacherTolerance * then.Max(Math.Abs));

    private static double[] Some(Tensor values)
    {
        var flat = values.detach().flatten();
        // From all of it: a map's first channel may be dead, and its first image's classes are not the others'.
        var spread = flat.slice(0, 0, flat.numel(), Math.Max(1, flat.numel() / SampleValues));
        return MemoryMarshal.Cast<byte, double>(spread.narrow(0, 0, Math.Min(SampleValues, spread.numel())).cpu().to(ScalarType.Float64).contiguous().bytes).ToArray();
    }
}
