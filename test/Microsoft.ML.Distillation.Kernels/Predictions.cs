using BenchmarkDotNet.Attributes;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Students.Detection;

namespace Kernels;

/// <summary>Boxes of one image, of which the best are kept: 8,400 places, 80 classes; some 150 scores are above .25, some 20,000 above .001.</summary>
public class Predictions : KernelGroup
{
    private static readonly int _places = Sizes.Of(8400);
    private float[] _boxes = [], _scores = [];
    private Suppression? _settings;

    [Params(.25f, .001f)]
    public float Threshold { get; set; }

    [Benchmark]
    public int NonMaximumSuppressions() => NonMaximumSuppression.Apply(_boxes, _scores, Scenes.Classes, _settings!).Count;

    private protected override void Prepare()
    {
        var random = new CounterRandom(1, RandomPurpose.Augmentation);
        (_boxes, _scores) = (new float[4 * _places], new float[_places * Scenes.Classes]);
        for (var place = 0; place < _places; place++)
            Scenes.Box(ref random).CopyTo(_boxes, 4 * place);
        // Most scores are nearly 0.
        for (var i = 0; i < _scores.Length; i++)
            _scores[i] = (float)(1 / (1 + Math.Exp(13 - 3.5 * random.NextGaussian())));
        _settings = new Suppression { ScoreThreshold = Threshold };
    }
}
