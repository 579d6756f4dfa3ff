using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers.Layouts;

/// <summary>An output for each level: N×A×H×W×(5+C), or N×A·(5+C)×H×W, before any sigmoid.</summary>
/// <param name="outputs">Finest level first.</param>
/// <param name="work">The size the network itself works at, where the file resizes its input; null where it doesn't.</param>
internal sealed class YoloRawLayout(DetectorOutputLayout kind, IReadOnlyList<string> outputs, int classes, AnchorGrid anchors, ImageSize? work) : DenseLayout(kind, outputs, classes)
{
    private readonly int _length = YoloV5Layout.Shared + classes;

    public override AnchorGrid? Anchors => anchors;

    public static DetectorLayout? Find(LayoutClues clues) =>
        clues.Options.Layout is DetectorOutputLayout.Auto or DetectorOutputLayout.YoloV5Raw ? Find(clues, DetectorOutputLayout.YoloV5Raw, work: null) : null;

    public static DetectorLayout? Find(LayoutClues clues, DetectorOutputLayout kind, ImageSize? work)
    {
        var levels = clues.Outputs.Where(o => o is { IsInteger: false, Shape.Length: 5 }).ToList();
        if (levels.Count == 0 && (clues.IsNamed || clues.Outputs.Count == clues.Anchors.Levels.Count))
            levels = [.. clues.Outputs.Where(o => o is { IsInteger: false, Shape.Length: 4 })];
        if (levels.Count == 0)
            return null;
        levels = [.. levels.OrderByDescending(o => o.Shape[2] * o.Shape[3])];
        var perCell = clues.Anchors.Levels[0].Anchors.Count;
        var lengths = levels.Select(o => Length(o, perCell)).Distinct().ToList();
        if (lengths is not [> YoloV5Layout.Shared])
            return null;
        var size = work ?? clues.Input;
        var strides = levels.Select(o => (o.Shape[2] == 0 ? 0 : size.Height / o.Shape[2], o.Shape[3] == 0 ? 0 : size.Width / o.Shape[3])).ToList();
        return strides.SequenceEqual(clues.Anchors.Levels.Select(l => ((long)l.Stride, (long)l.Stride)))
            ? new YoloRawLayout(kind, [.. levels.Select(l => l.Name)], lengths[0] - YoloV5Layout.Shared, clues.Anchors, work)
            : throw new InvalidDataException($"{clues.Source}: raw outputs {string.Join(", ", levels)} have the strides {string.Join(", ", strides.Select(s => s.Item1))} at {size}; "
                + $"the anchors are for {clues.Anchors}. Give its own in OnnxDetectorTeacherOptions.Anchors and Strides.");
    }

    public override IReadOnlyList<Tensor> Heads(LayoutTensors values)
    {
        Check(values.Source, name => values.Outputs[name].shape, values.Images, values.Input);
        return [.. Outputs.Select((name, i) => Head(values.Outputs[name], anchors.Levels[i].Anchors.Count))];
    }

    protected override int Places(LayoutValues values)
    {
        Check(values.Source, name => values.Outputs[name].Shape, values.Images, values.Input);
        return (int)anchors.CountAt(work ?? values.Input);
    }

    protected override void Fill(LayoutValues values, int image, Span<float> boxes, Span<float> scores)
    {
        var size = work ?? values.Input;
        var (across, down) = ((float)values.Input.Width / size.Width, (float)values.Input.Height / size.Height);
        var place = 0;
        foreach (var (name, level) in Outputs.Zip(anchors.Levels))
        {
            var output = values.Outputs[name];
            var cells = level.Cells(size);
            var area = (int)cells.Pixels;
            // Numbers of a box lie one after another, or a plane apart.
            var (toNumber, toCell) = output.Shape.Length == 5 ? (1, _length) : (area, 1);
            for (var a = 0; a < level.Anchors.Count; a++)
            {
                var numbers = output.Floats.AsSpan((image * level.Anchors.Count + a) * _length * area, _length * area);
                for (var cell = 0; cell < area; cell++, place++)
                {
                    var box = new Strided(numbers[(cell * toCell)..], toNumber);
                    SetBox(
                        boxes, place, (2 * box.Sigmoid(0) - .5f + cell % cells.Width) * level.Stride * across, (2 * box.Sigmoid(1) - .5f + cell / cells.Width) * level.Stride * down,
                        Side(box.Sigmoid(2), level.Anchors[a].Width) * across, Side(box.Sigmoid(3), level.Anchors[a].Height) * down);
                    SetScores(box, scores.Slice(place * ClassCount!.Value, ClassCount.Value));
                }
            }
        }
    }

    private static float Side(float sigmoid, double anchor) => 4 * sigmoid * sigmoid * (float)anchor;

    private static void SetScores(Strided box, Span<float> scores)
    {
        var objectness = box.Sigmoid(4);
        for (var c = 0; c < scores.Length; c++)
            scores[c] = objectness * box.Sigmoid(YoloV5Layout.Shared + c);
    }

    private static int Length(OutputClue output, int perCell) => output.Shape.Length == 5
        ? output.Shape[1] == perCell ? (int)output.Shape[4] : 0
        : output.Shape[1] % perCell == 0 ? (int)output.Shape[1] / perCell : 0;

    private void Check(string source, Func<string, long[]> shapeOf, int images, ImageSize input)
    {
        foreach (var (name, level) in Outputs.Zip(anchors.Levels))
        {
            var shape = shapeOf(name);
            var cells = level.Cells(work ?? input);
            long[] apart = [images, level.Anchors.Count, cells.Height, cells.Width, _length], together = [images, level.Anchors.Count * _length, cells.Height, cells.Width];
            if (!shape.SequenceEqual(apart) && !shape.SequenceEqual(together))
                throw new InvalidDataException($"{source}: output '{name}' is {OnnxValue.ShapeText(shape)} for {images} images of {input}; {OnnxValue.ShapeText(apart)} is needed.");
        }
    }

    private Tensor Head(Tensor output, int perCell) => output.dim() == 5
        ? output
        : output.reshape(output.shape[0], perCell, _length, output.shape[2], output.shape[3]).permute(0, 1, 3, 4, 2).contiguous();

    private readonly ref struct Strided(ReadOnlySpan<float> values, int step)
    {
        private readonly ReadOnlySpan<float> _values = values;

        public float Sigmoid(int number) => 1 / (1 + MathF.Exp(-_values[number * step]));
    }
}
