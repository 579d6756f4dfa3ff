using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Random changes to a training image and the boxes on it, drawn anew for every image and epoch; teacher and student see the same changed pixels. They are YOLOv5's
/// (https://github.com/ultralytics/yolov5), with its defaults but for <see cref="EpochsWithoutMosaic"/>, which later YOLOs brought, and happen in its order: mosaic, scale and translation, colours, flips. What an image does not cover is black, as
/// where a saved model pads images; YOLOv5 makes it grey.
/// <para>
/// Boxes move with the pixels and are cut where these are. Where mosaic, scale or translation is on, a box stays only if it is more than 2 pixels wide and high, less than 100 times
/// as long as wide, and more than a tenth of it is still there: YOLOv5's numbers, but for the last one it takes what the mosaic has left of a box for the whole of it.
/// </para>
/// </summary>
public sealed class DetectionAugmentation
{
    /// <summary>No change at all.</summary>
    public static DetectionAugmentation None => new() { HorizontalFlip = 0, Scale = 0, Translation = 0, Hue = 0, Saturation = 0, Brightness = 0, Mosaic = 0 };

    /// <summary>Probability with which an image is mirrored left to right.</summary>
    /// <value>0 to 1; default 0.5. Switch off where left and right differ in meaning, such as text.</value>
    public double HorizontalFlip { get; init; } = .5;

    /// <summary>Probability with which an image is mirrored top to bottom.</summary>
    /// <value>0 to 1; default 0. For images that have no upper side, such as a microscope's or a satellite's.</value>
    public double VerticalFlip { get; init; }

    /// <summary>How much larger or smaller an image becomes: its size is multiplied by a number drawn from 1 − Scale … 1 + Scale.</summary>
    /// <value>0 or more, below 1; default 0.5.</value>
    public double Scale { get; init; } = .5;

    /// <summary>How far an image moves from the middle: across and down by a share of the side drawn from −Translation … Translation.</summary>
    /// <value>0 to 1; default 0.1.</value>
    public double Translation { get; init; } = .1;

    /// <summary>How much hues change: the hue, an angle, is multiplied by a number drawn from 1 − Hue … 1 + Hue.</summary>
    /// <value>0 to 1; default 0.015.</value>
    public double Hue { get; init; } = .015;

    /// <summary>How much saturations change: they are multiplied by a number drawn from 1 − Saturation … 1 + Saturation.</summary>
    /// <value>0 to 1; default 0.7.</value>
    public double Saturation { get; init; } = .7;

    /// <summary>How much brightness changes (the value of HSV): it is multiplied by a number drawn from 1 − Brightness … 1 + Brightness.</summary>
    /// <value>0 to 1; default 0.4.</value>
    public double Brightness { get; init; } = .4;

    /// <summary>
    /// Probability with which an image shares a canvas of twice the size with three others: all four touch at a random point of the canvas' middle half, and a piece of the canvas as
    /// large as one image is what remains after scale and translation. Bochkovskiy, Wang, Liao: "YOLOv4: optimal speed and accuracy of object detection", 2020,
    /// https://arxiv.org/abs/2004.10934.
    /// </summary>
    /// <value>0 to 1; default 1.</value>
    public double Mosaic { get; init; } = 1;

    /// <summary>How many of the last epochs see whole images instead of mosaics, so that training ends with images like those to come. Without mosaic it has no effect.</summary>
    /// <value>0 or more; default 10. In a run of no more epochs there is no mosaic at all.</value>
    public int EpochsWithoutMosaic { get; init; } = 10;

    /// <summary>Whether pixels stay where they are.</summary>
    internal bool MovesNothing => HorizontalFlip == 0 && VerticalFlip == 0 && !Cuts;

    /// <summary>Whether objects may be cut or become too small.</summary>
    internal bool Cuts => Scale > 0 || Translation > 0 || Mosaic > 0;

    internal bool ChangesColours => Hue > 0 || Saturation > 0 || Brightness > 0;

    internal void Validate(Faults faults)
    {
        foreach (var (name, value) in Shares())
            faults.AddIf(!(value is >= 0 and <= 1), FormattableString.Invariant($"Augmentation.{name} is {value}; it must be 0 to 1."));
        faults.AddIf(!(Scale is >= 0 and < 1), FormattableString.Invariant($"Augmentation.Scale is {Scale}; it must be 0 or more, and below 1."));
        faults.AddIf(EpochsWithoutMosaic < 0, $"Augmentation.EpochsWithoutMosaic is {EpochsWithoutMosaic}; it must be 0 or more epochs.");
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"flip {HorizontalFlip}{(VerticalFlip > 0 ? FormattableString.Invariant($" and {VerticalFlip} upside down") : "")}, scale {Scale}, translation {Translation}, hue {Hue}, saturation {Saturation}, brightness {Brightness}, mosaic {Mosaic}")
        + (Mosaic > 0 ? $" but not in the last {EpochsWithoutMosaic} epochs" : "");

    private (string Name, double Value)[] Shares() =>
    [
        (nameof(HorizontalFlip), HorizontalFlip), (nameof(VerticalFlip), VerticalFlip), (nameof(Translation), Translation), (nameof(Hue), Hue), (nameof(Saturation), Saturation), (nameof(Brightness), Brightness),
        (nameof(Mosaic), Mosaic),
    ];
}
