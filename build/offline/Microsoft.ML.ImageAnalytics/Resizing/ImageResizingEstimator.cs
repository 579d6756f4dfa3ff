using System;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Image;

/// <summary>Brings every image to one size.</summary>
public sealed class ImageResizingEstimator : TrivialEstimator<ImageResizingTransformer>
{
    internal ImageResizingEstimator(IHostEnvironment env, InputOutputColumnPair columns, Options options)
        : base(Check.NotNull(env, nameof(env)).Register(nameof(ImageResizingEstimator)), new ImageResizingTransformer(env, columns, options))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ImageColumns.RequireImage(inputSchema, Transformer.Columns.InputColumnName);
        return inputSchema.With(SchemaShape.Column.Of(Transformer.Columns.OutputColumnName, Transformer.OutputType));
    }

    public enum ResizingKind : byte
    {
        /// <summary>Keeps the proportions; the room left over is black.</summary>
        IsoPad = 0,

        /// <summary>Keeps the proportions; what sticks out is cut off.</summary>
        IsoCrop = 1,

        /// <summary>Stretches to the size, taking the nearest pixel.</summary>
        Fill = 2,
    }

    public enum Anchor : byte
    {
        Right = 0,
        Left = 1,
        Top = 2,
        Bottom = 3,
        Center = 4,
    }

    internal sealed record Options
    {
        internal Options(int width, int height, ResizingKind resizing, Anchor anchor)
        {
            Check.AtLeast(width, 1, "imageWidth");
            Check.AtLeast(height, 1, "imageHeight");
            Check.That(Enum.IsDefined(resizing), nameof(resizing), $"'{resizing}' is no {nameof(ResizingKind)}");
            Check.That(Enum.IsDefined(anchor), "cropAnchor", $"'{anchor}' is no {nameof(Anchor)}");
            (Width, Height, Resizing, CropAnchor) = (width, height, resizing, anchor);
        }

        internal int Width { get; }

        internal int Height { get; }

        internal ResizingKind Resizing { get; }

        internal Anchor CropAnchor { get; }
    }
}
