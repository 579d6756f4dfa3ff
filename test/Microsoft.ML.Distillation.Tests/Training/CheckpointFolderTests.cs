using Microsoft.ML.Distillation.Training;
using static Microsoft.ML.Distillation.Tests.Training.Loops;

namespace Microsoft.ML.Distillation.Tests.Training;

public sealed class CheckpointFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WithoutAPathThereIsNone() => Assert.Null(CheckpointFolder.Open(null, new()));

    [Fact]
    public void AMissingFolderIsMade()
    {
        using var open = CheckpointFolder.Open(_folder["a/b"], new())!;

        Assert.True(Directory.Exists(_folder["a/b"]));
        Assert.Null(open.Found);
        Assert.Null(open.Seed);
    }

    [Fact]
    public void AFolderThatCantBeMadeIsAnErrorThatSaysSo()
    {
        File.WriteAllText(_folder["file"], "");

        var message = Assert.Throws<IOException>(() => CheckpointFolder.Open(_folder["file/run"], new())).Message;

        Assert.StartsWith($"CheckpointFolder '{_folder[Path.Combine("file", "run")]}' can't be made: ", message, StringComparison.Ordinal);
        Assert.EndsWith(" Choose another folder.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoRunsCantShareOne()
    {
        using var first = CheckpointFolder.Open(_folder.Path, new());

        var message = Assert.Throws<IOException>(() => CheckpointFolder.Open(_folder.Path, new())).Message;

        Assert.StartsWith($"CheckpointFolder '{_folder.Path}' is in use by another run, or can't be written to: ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheLastAndTheOneBeforeItAreKept()
    {
        Assert.Throws<Crash>(() => Run(Settings, _folder.Path, crash: 11));

        Assert.Equal(
            [CheckpointFolder.Last, CheckpointFolder.Earlier, CheckpointFolder.Lock],
            Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal((10, 9), (Step(CheckpointFolder.Last), Step(CheckpointFolder.Earlier)));
        using var open = CheckpointFolder.Open(_folder.Path, new())!;
        Assert.Equal((10, 1), (open.Found!.Record.Step, open.Seed));
        Assert.Null(open.Warning);
    }

    // As it is where a run was killed between the two renamings.
    [Fact]
    public void AWholeOneThatWasNotRenamedYetIsTheLast()
    {
        Assert.Throws<Crash>(() => Run(Settings, _folder.Path, crash: 11));
        File.Move(_folder[CheckpointFolder.Last], _folder[CheckpointFolder.Unfinished]);

        using (var open = CheckpointFolder.Open(_folder.Path, new())!)
            Assert.Equal(10, open.Found!.Record.Step);
        File.WriteAllBytes(_folder[CheckpointFolder.Unfinished], File.ReadAllBytes(_folder[CheckpointFolder.Unfinished])[..^1]);
        using (var open = CheckpointFolder.Open(_folder.Path, new())!)
            Assert.Equal((9, null), (open.Found!.Record.Step, open.Warning));
    }

    [Fact]
    public void TheSeedIsKnownBeforeThereIsACheckpoint()
    {
        using (var open = CheckpointFolder.Open(_folder.Path, new())!)
        {
            Assert.Null(open.Seed);
            open.Begin(17);
        }

        using var again = CheckpointFolder.Open(_folder.Path, new())!;
        Assert.Equal(17, again.Seed);
    }

    [Fact]
    public void TheEarlierOneAloneIsEnough()
    {
        Assert.Throws<Crash>(() => Run(Settings, _folder.Path, crash: 11));
        File.Delete(_folder[CheckpointFolder.Last]);

        using var open = CheckpointFolder.Open(_folder.Path, new())!;

        Assert.Equal(9, open.Found!.Record.Step);
        Assert.Null(open.Warning);
    }

    [Fact]
    public void ALastOneCutAnywhereLeadsToTheOneBeforeIt()
    {
        Assert.Throws<Crash>(() => Run(Settings, _folder.Path, crash: 11));
        var whole = File.ReadAllBytes(_folder[CheckpointFolder.Last]);

        for (var length = 0; length < whole.Length; length += 1000)
        {
            File.WriteAllBytes(_folder[CheckpointFolder.Last], whole[..length]);
            using var open = CheckpointFolder.Open(_folder.Path, new())!;
            Assert.Equal(9, open.Found!.Record.Step);
            Assert.StartsWith($"'{_folder[CheckpointFolder.Last]}' can't be used: it is cut off", open.Warning, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void WhereNoneIsWholeTheErrorSaysWhatToDo()
    {
        Assert.Throws<Crash>(() => Run(Settings, _folder.Path, crash: 11));
        foreach (var name in new[] { CheckpointFolder.Last, CheckpointFolder.Earlier })
            File.WriteAllBytes(_folder[name], [1, 2, 3]);

        var message = Assert.Throws<InvalidDataException>(() => CheckpointFolder.Open(_folder.Path, new())).Message;

        Assert.Equal(
            $"'{_folder[CheckpointFolder.Last]}' can't be used: it is cut off: it has 3 bytes, fewer than any checkpoint; "
            + $"'{_folder[CheckpointFolder.Earlier]}' can't be used: it is cut off: it has 3 bytes, fewer than any checkpoint. "
            + "Delete the folder to train from the beginning, or choose another CheckpointFolder.", message);
    }

    // The damaged last one must not take the place of the good one before it.
    [Fact]
    public void AfterADamagedOneTheGoodOneStaysUntilTheNextIsWhole()
    {
        Assert.Throws<Crash>(() => Run(Settings, _folder.Path, crash: 11));
        File.WriteAllBytes(_folder[CheckpointFolder.Last], [1, 2, 3]);

        Assert.Throws<Crash>(() => Run(Settings, _folder.Path, crash: 2));

        Assert.Equal((10, 9), (Step(CheckpointFolder.Last), Step(CheckpointFolder.Earlier)));
    }

    // Files in the run: 3, 5, 6, 9, 10, 12, 15. The disk takes two of them.
    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(20000)]
    public void AFullDiskIsAWarningAndTheRunGoesOn(int room)
    {
        var files = 0;
        var outcome = Run(Settings, _folder.Path, create: path => ++files <= 2 ? File.Create(path) : new FullDisk(File.Create(path), room));

        Same(Run(Settings), outcome);
        Assert.Equal((5, 3), (Step(CheckpointFolder.Last), Step(CheckpointFolder.Earlier)));
        Assert.Equal(5, outcome.Warnings.Count);
        Assert.Equal(
            $"The checkpoint of step 6 can't be written to '{_folder.Path}': No space left. The run goes on, and the checkpoint before stays.", outcome.Warnings[0]);
        Assert.False(File.Exists(_folder[CheckpointFolder.Unfinished]));
        Same(outcome, Run(Settings, _folder.Path));
    }

    [Fact]
    public void TheClockMakesOneDueWhereAStateIsKept()
    {
        var saved = new List<long>();
        Run(
            Settings with { Recovery = new() { EverySteps = 2 } }, _folder.Path, cadence: new() { Every = TimeSpan.FromTicks(1) },
            onReport: p => saved.AddRange(p.Phase == DistillationPhase.SavingCheckpoint ? [p.Step] : []));

        Assert.Equal([2, 4, 5, 7, 9, 10, 12, 14, 15], saved);
    }

    private long Step(string file) => CheckpointFile.Read(_folder[file]).Record.Step;

    /// <summary>A file that takes so many bytes and no more.</summary>
    private sealed class FullDisk(Stream file, int room) : Stream
    {
        private int _left = room;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => file.Length;

        public override long Position { get => file.Position; set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count)
        {
            file.Write(buffer, offset, Math.Clamp(_left, 0, count));
            _left -= count;
            if (_left < 0)
                throw new IOException("No space left.");
        }

        public override void Flush() => file.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            file.Dispose();
            base.Dispose(disposing);
        }
    }
}
