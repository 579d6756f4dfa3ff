using System;
using System.Numerics;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Image;

/// <summary>Turns images of a known size into vectors of their pixels.</summary>
public sealed class ImagePixelExtractingEstimator : TrivialEstimator<ImagePixelExtractingTransformer>
{
    internal ImagePixelExtractingEstimator(IHostEnvironment env, InputOutputColumnPair columns, Options options)
        : base(Check.NotNull(env, nameof(env)).Register(nameof(ImagePixelExtractingEstimator)), new ImagePixelExtractingTransformer(env, columns, options))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ImageColumns.RequireImage(inputSchema, Transformer.Columns.InputColumnName);
        return inputSchema.With(new SchemaShape.Column(
            Transformer.Columns.OutputColumnName, SchemaShape.Column.VectorKind.Vector, Transformer.ItemType, false));
    }

    [Flags]
    public enum ColorBits : byte
    {
        Alpha = 1,
        Red = 2,
        Green = 4,
        Blue = 8,
        Rgb = 14,
        All = 15,
    }

    public enum ColorsOrder : byte
    {
        ARGB = 1,
        ARBG = 2,
        ABRG = 3,
        ABGR = 4,
        AGRB = 5,
        AGBR = 6,
    }

    internal sealed record Options
    {
        internal Options(ColorBits colors, ColorsOrder order, bool interleave, float offset, float scale, bool asFloat)
        {
            Check.That((colors & ColorBits.All) != 0, "colorsToExtract", "Need to use at least one color plane");
            Check.That(Enum.IsDefined(order), "orderOfExtraction", $"'{order}' is no {nameof(ColorsOrder)}");
            // Bytes are given as they are: the real package ignores offset and scale with them.
            (Colors, Order, Interleave, Offset, Scale, AsFloat) = (colors & ColorBits.All, order, interleave, asFloat ? offset : 0, asFloat ? scale : 1, asFloat);
            Check.That(float.IsFinite(Offset), "offsetImage", $"offsetImage must be a finite number; got {offset}");
            Check.That(float.IsFinite(Scale) && Scale != 0, "scaleImage", $"scaleImage must be a finite number other than 0; got {scale}");
        }

        internal ColorBits Colors { get; }

        internal ColorsOrder Order { get; }

        internal bool Interleave { get; }

        internal float Offset { get; }

        internal float Scale { get; }

        internal bool AsFloat { get; }

        internal int Planes => BitOperations.PopCount((byte)Colors);
    }
}
