namespace Microsoft.ML.Distillation.Data;

/// <summary>Prepares the next thing while one is in use.</summary>
internal static class Ahead
{
    /// <summary>The results of <paramref name="prepare"/> for <paramref name="first"/> up to, not including, <paramref name="end"/>. Two are alive at a time: the one in use and the one at work.</summary>
    public static IEnumerable<T> Of<T>(int first, int end, Func<int, T> prepare)
    {
        if (first >= end)
            yield break;
        var next = Task.Run(() => prepare(first));
        for (var step = first; step < end; step++)
        {
            var current = next.GetAwaiter().GetResult();
            if (step + 1 < end)
            {
                var following = step + 1;
                next = Task.Run(() => prepare(following));
            }
            try
            {
                yield return current;
            }
            finally
            {
                // A caller that stops in the middle must not leave a task behind that reads what is disposed of. WaitAny doesn't throw: what went wrong
                // belongs to the next one, and comes out as itself where that is asked for.
                Task.WaitAny(next);
            }
        }
    }
}
