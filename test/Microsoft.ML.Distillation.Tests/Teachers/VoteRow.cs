using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.Teachers;

/// <summary>A row with scores that somebody gave, for a model that does no more than hand them on.</summary>
internal sealed class VoteRow
{
    [VectorType(3)]
    public float[] Votes { get; set; } = [];

    public float[] AnyVotes { get; set; } = [];

    public float Single { get; set; }

    /// <summary>A model whose score is a column.</summary>
    public static ITransformer Model(MLContext ml, IDataView rows, string column = nameof(Votes)) => ml.Transforms.CopyColumns("Score", column).Fit(rows);

    public static IDataView View(MLContext ml, params float[][] votes) => ml.Data.LoadFromEnumerable(votes.Select(v => new VoteRow { Votes = v, AnyVotes = v }));
}
