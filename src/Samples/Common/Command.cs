namespace Samples.Common;

/// <summary>What every sample does around its work: Ctrl+C stops it in good order, and what goes wrong is told in a line.</summary>
internal static class Command
{
    private const int Failed = 2, Cancelled = 130;

    /// <param name="stopped">What to say where the work was stopped.</param>
    /// <returns>The code that the program ends with.</returns>
    public static int Run(Action<CancellationToken> work, string stopped = "Stopped.")
    {
        using var cancellation = new CancellationTokenSource();
        Console.CancelKeyPress += (_, press) =>
        {
            // The first Ctrl+C stops the run in good order, a second one at once.
            press.Cancel = !cancellation.IsCancellationRequested;
            cancellation.Cancel();
        };
        try
        {
            work(cancellation.Token);
            return 0;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Console.Error.WriteLine(stopped);
            return Cancelled;
        }
        catch (Exception e) when (e is OptionException or ArgumentException or InvalidOperationException or IOException or InvalidDataException or UnauthorizedAccessException or NotSupportedException)
        {
            Console.Error.WriteLine($"error: {OptionException.Plain(e)}");
            return Failed;
        }
    }
}
