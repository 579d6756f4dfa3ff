using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Tests.Data;

public class AheadTests
{
    [Theory]
    [InlineData(0, 5)]
    [InlineData(3, 5)]
    [InlineData(5, 5)]
    [InlineData(0, 1)]
    public void EverythingComesInOrder(int first, int end) =>
        Assert.Equal(Enumerable.Range(first, end - first).Select(i => 10 * i), Ahead.Of(first, end, i => 10 * i));

    [Fact]
    public void OneIsPreparedWhileAnotherIsInUse()
    {
        using var second = new ManualResetEventSlim();
        foreach (var step in Ahead.Of(0, 2, i =>
        {
            if (i == 1)
                second.Set();
            return i;
        }))
        {
            Assert.True(second.Wait(TimeSpan.FromMinutes(1)), $"Step 1 was not begun while step {step} was in use.");
        }
    }

    [Fact]
    public void NoMoreThanOneIsPreparedAhead()
    {
        var begun = 0;
        foreach (var step in Ahead.Of(0, 20, i =>
        {
            Interlocked.Increment(ref begun);
            return i;
        }))
        {
            Assert.InRange(Volatile.Read(ref begun), step + 1, step + 2);
        }
    }

    [Fact]
    public void StoppingInTheMiddleLeavesNothingRunning()
    {
        var running = 0;
        foreach (var _ in Ahead.Of(0, 9, i =>
        {
            Interlocked.Increment(ref running);
            Thread.Sleep(20);
            Interlocked.Decrement(ref running);
            return i;
        }))
        {
            break;
        }
        Assert.Equal(0, Volatile.Read(ref running));
    }

    [Fact]
    public void WhatGoesWrongArrivesAsItselfWhereItIsAskedFor()
    {
        var seen = new List<int>();

        Assert.Throws<ArithmeticException>(() =>
        {
            foreach (var step in Ahead.Of(0, 9, i => i == 3 ? throw new ArithmeticException() : i))
                seen.Add(step);
        });

        Assert.Equal([0, 1, 2], seen);
    }
}
