using BenchmarkDotNet.Attributes;
using Microsoft.ML.Distillation;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ObjectDetection;
using static TorchSharp.torch;

namespace Kernels;

/// <summary>A detector's batch on its way: 8 images of 320×320, each of four in a mosaic, moved, scaled and in other colours.</summary>
public class SceneAugmentations : KernelGroup
{
    private const int Rows = 16;
    private readonly DetectionAugmentation _augmentation = new();
    private DetectionData? _data;
    private AugmentationPlanner? _planner;
    private DetectionBatch? _batch;
    private BatchRenderer? _renderer;
    private Tensor? _pixels, _colours;

    [Benchmark]
    public int PlansOfABatch()
    {
        var tiles = 0;
        for (var row = 0; row < Scenes.Batch; row++)
            tiles += _planner!.Plan(0, row).Tiles.Count;
        return tiles;
    }

    [Benchmark]
    public long Mosaic()
    {
        using var scope = NewDisposeScope();
        return _renderer!.Render(_batch!).Pixels.numel();
    }

    [Benchmark]
    public long Colours()
    {
        using var scope = NewDisposeScope();
        return ColourJitter.Apply(_pixels!, _colours!).numel();
    }

    private protected override void Prepare()
    {
        var random = new CounterRandom(1, RandomPurpose.Augmentation);
        var (bytes, pixels, boxes) = (new Random(1), new PixelStore(Scenes.Size, long.MaxValue, Path.GetTempPath()), new BoxStore());
        for (var row = 0; row < Rows; row++)
        {
            bytes.NextBytes(pixels.Add(PixelStore.NoLabel));
            int[] classes = [.. Enumerable.Range(0, Scenes.ObjectsEach)];
            boxes.AddStored(Letterbox.Of(Scenes.Side, Scenes.Side, Scenes.Side, Scenes.Side), classes, [.. classes.SelectMany(_ => Scenes.Box(ref random))]);
        }
        _data = new DetectionData(pixels, boxes);
        _planner = new AugmentationPlanner(boxes, Scenes.Size, _augmentation, seed: 1, epochs: 100);
        _batch = new DetectionLoader(_data, _augmentation, Scenes.Batch, seed: 1, epochs: 100).Epoch(0).First();
        _renderer = new BatchRenderer(Scenes.Size, _augmentation, CPU);
        _pixels = PixelTensor.Create(_batch.Pixels[0], Scenes.Batch, Scenes.Size, CPU);
        _colours = tensor(_batch.Colours, [Scenes.Batch, 3]);
    }

    private protected override void Finish() => _data!.Dispose();
}
