using System.Collections.Concurrent;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Reading;

namespace Microsoft.ML.Distillation.Tests.Data;

/// <summary>A step from a file's name to its path, as an application's own: it tells what threads the rows behind it are read in.</summary>
internal sealed class NamedFiles(MLContext ml, string folder)
{
    private readonly ConcurrentDictionary<Thread, bool> _threads = [];

    /// <summary>Threads that were started to read rows.</summary>
    public int Started => _threads.Keys.Count(thread => thread.Name == RowThreads<PreparedRow>.ThreadName);

    /// <summary>Other threads that rows were read in.</summary>
    public int Others => _threads.Count - Started;

    public IEstimator<ITransformer> Paths() => ml.Transforms.CustomMapping<NameRow, PathRow>((row, file) =>
    {
        _threads[Thread.CurrentThread] = true;
        file.ImagePath = Path.Combine(folder, row.Name);
    }, contractName: null);

    public sealed class NameRow
    {
        public string Name { get; set; } = "";
    }

    public sealed class PathRow
    {
        public string ImagePath { get; set; } = "";
    }
}
