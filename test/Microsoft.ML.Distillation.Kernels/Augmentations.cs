using BenchmarkDotNet.Attributes;
using Microsoft.ML.Distillation;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using static TorchSharp.torch;

namespace Kernels;

/// <summary>A classifier's batch on its way: 64 images of 32×32, and of 224×224.</summary>
public class Augmentations : KernelGroup
{
    private const int Classes = 100;
    private static readonly int _images = Sizes.Of(64);
    private readonly BatchMixer _mixup = new(new ImageAugmentation { Mixup = .2 }, 1), _cutMix = new(new ImageAugmentation { CutMix = 1 }, 1);
    private ImageSize _size;
    private byte[] _stored = [], _batch = [];
    private BatchAugmenter? _augmenter;
    private PixelTransforms? _same, _larger;
    private Tensor? _pixels, _labels;

    [Params(32, 224)]
    public int Side { get; set; }

    [Benchmark]
    public int CropAndFlip()
    {
        var flipped = 0;
        for (var row = 0; row < _images; row++)
        {
            var bytes = _stored.Length / _images;
            flipped += _augmenter!.Copy(_stored.AsSpan(row * bytes, bytes), _batch.AsSpan(row * bytes, bytes), new CounterRandom(1, RandomPurpose.Augmentation, 1, row)) ? 1 : 0;
        }
        return flipped;
    }

    [Benchmark]
    public long BytesToFloats()
    {
        using var scope = NewDisposeScope();
        return PixelTensor.Create(_batch, _images, _size, CPU).numel();
    }

    [Benchmark]
    public long Normalisation()
    {
        using var scope = NewDisposeScope();
        return PixelTensor.ForNetwork(_same!.Apply(_pixels!)).numel();
    }

    [Benchmark]
    public long ResizingToSevenEighths()
    {
        using var scope = NewDisposeScope();
        return PixelTensor.ForNetwork(_larger!.Apply(_pixels!)).numel();
    }

    [Benchmark]
    public double Mixup()
    {
        using var scope = NewDisposeScope();
        return _mixup.Mix(_pixels!, _labels!, 1).Labels.Share;
    }

    [Benchmark]
    public double CutMix()
    {
        using var scope = NewDisposeScope();
        return _cutMix.Mix(_pixels!, _labels!, 1).Labels.Share;
    }

    private protected override void Prepare()
    {
        _size = new ImageSize(Side, Side);
        _stored = new byte[_images * 3 * _size.Pixels];
        _batch = new byte[_stored.Length];
        new Random(1).NextBytes(_stored);
        _augmenter = new BatchAugmenter(new ImageAugmentation(), _size);
        _same = new PixelTransforms(_size, _size, ImageNormalization.ImageNet, CPU);
        _larger = new PixelTransforms(_size, new ImageSize(Side * 7 / 8, Side * 7 / 8), ImageNormalization.ImageNet, CPU);
        _pixels = PixelTensor.Create(_stored, _images, _size, CPU);
        _labels = tensor(Enumerable.Range(0, _images).Select(i => (long)i % Classes).ToArray());
    }

    private protected override void Finish()
    {
        _same!.Dispose();
        _larger!.Dispose();
    }
}
