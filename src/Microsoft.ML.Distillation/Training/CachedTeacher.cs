using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Teachers;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>A run's teacher, with its cache where the plan has one.</summary>
internal sealed class CachedTeacher : IDisposable
{
    private readonly OpenedTeacher _teacher;
    private readonly TeacherCachePlan _plan;
    private readonly PixelStore _training;
    private readonly TeacherCacheStore? _store;
    private readonly TeacherCache? _cache;

    public CachedTeacher(OpenedTeacher teacher, TeacherCachePlan plan, TrainingSettings settings, PixelStore training, Device device)
    {
        (_teacher, _plan, _training) = (teacher, plan, training);
        if (!plan.On || settings.TeacherCache is not { } options)
            return;
        _store = new TeacherCacheStore(training.Count, plan.Views.Count, options.MemoryBudget, options.FileBudget, settings.TemporaryFolder);
        _cache = new TeacherCache(Ask, _store, device);
    }

    public TeacherCacheReport Report => new()
    {
        State = _plan.State,
        Asked = _cache?.Asked ?? 0,
        Reused = _cache?.Reused ?? 0,
        MemoryBytes = _store?.MemoryBytes ?? 0,
        FileBytes = _store?.FileBytes ?? 0,
    };

    public ModelOutput Forward(Tensor pixels, Batch batch) => _cache?.Forward(pixels, batch.Rows, batch.Views) ?? Ask(pixels, batch.Rows);

    public void Dispose() => _store?.Dispose();

    private ModelOutput Ask(Tensor pixels, IReadOnlyList<int> rows) => _teacher.Forward(pixels, _training, rows);
}
