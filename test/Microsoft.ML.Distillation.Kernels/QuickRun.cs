using System.Diagnostics;
using System.Reflection;
using BenchmarkDotNet.Running;
using static TorchSharp.torch;

namespace Kernels;

/// <summary>Every kernel a few times, at a smaller size and without statistics: whether it runs, and leaves no tensors behind.</summary>
internal static class QuickRun
{
    private const int WarmUps = 1, Times = 2;

    /// <exception cref="InvalidOperationException">There are kernels that leave tensors behind.</exception>
    public static void Run(IEnumerable<BenchmarkCase> kernels)
    {
        var growing = new List<string>();
        var count = 0;
        foreach (var kernel in kernels)
        {
            var (milliseconds, left) = Measure(kernel);
            Console.Out.WriteLine(FormattableString.Invariant($"{Name(kernel)}: {milliseconds:0.###} ms"));
            if (left > 0)
                growing.Add($"{Name(kernel)} leaves {left} tensors behind in {Times} runs.");
            count++;
        }
        if (growing.Count > 0)
            throw new InvalidOperationException(string.Join(Environment.NewLine, growing));
        Console.Out.WriteLine($"{count} kernels ran, and left no tensors behind.");
    }

    private static (double Milliseconds, long Left) Measure(BenchmarkCase kernel)
    {
        var group = (KernelGroup)Activator.CreateInstance(kernel.Descriptor.Type)!;
        foreach (var parameter in kernel.Parameters.Items)
            kernel.Descriptor.Type.GetProperty(parameter.Name)!.SetValue(group, parameter.Value);
        group.SetUp();
        try
        {
            for (var i = 0; i < WarmUps; i++)
                kernel.Descriptor.WorkloadMethod.Invoke(group, BindingFlags.DoNotWrapExceptions, null, null, null);
            var (before, watch) = (Tensor.TotalCount, Stopwatch.StartNew());
            for (var i = 0; i < Times; i++)
                kernel.Descriptor.WorkloadMethod.Invoke(group, BindingFlags.DoNotWrapExceptions, null, null, null);
            return (watch.Elapsed.TotalMilliseconds / Times, Tensor.TotalCount - before);
        }
        finally
        {
            group.CleanUp();
        }
    }

    private static string Name(BenchmarkCase kernel) =>
        $"{kernel.Descriptor.Type.Name}.{kernel.Descriptor.WorkloadMethod.Name}{string.Concat(kernel.Parameters.Items.Select(p => FormattableString.Invariant($" {p.Value}")))}";
}
