using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Evaluation;

/// <summary>A column with numbers for the objects of an image: a vector of float or double, or of bool as 0 and 1.</summary>
internal sealed class NumberColumn
{
    private readonly DataViewSchema.Column _column;

    public NumberColumn(DataViewSchema schema, string name, string role, bool flags = false)
    {
        _column = Columns.Find(schema, name, role);
        var item = (_column.Type as VectorDataViewType)?.ItemType;
        if (flags ? item is not BooleanDataViewType : item is not NumberDataViewType || (item.RawType != typeof(float) && item.RawType != typeof(double)))
            throw new ArgumentException($"{role} column '{name}' is {_column.Type}; a vector of {(flags ? "Boolean" : "Single or Double")} is needed.", nameof(name));
    }

    public string Name => _column.Name;

    /// <summary>
    /// Makes the getter of a row's numbers as the shortest decimals that are these floats: of 42.1 − 10.1 nothing but 32 is left, as in the annotations that
    /// the floats were read from, and areas are on the side of 32² on which they were meant to be.
    /// </summary>
    public Func<decimal[]> DecimalGetter(DataViewRow row) => Getter(row, ShortestDecimal.Of, ShortestDecimal.Of, flag => flag ? 1 : 0);

    /// <summary>Makes the getter of a row's numbers.</summary>
    public Func<double[]> DoubleGetter(DataViewRow row) => Getter<double>(row, value => value, value => value, flag => flag ? 1 : 0);

    /// <summary>Makes a getter of dense values of a vector column.</summary>
    public static Func<T[]> VectorGetter<T>(DataViewRow row, string name)
    {
        var getter = row.GetGetter<VBuffer<T>>(row.Schema[name]);
        VBuffer<T> buffer = default;
        return () =>
        {
            getter(ref buffer);
            return buffer.IsDense ? buffer.GetValues().ToArray() : [.. buffer.DenseValues()];
        };
    }

    private Func<T[]> Getter<T>(DataViewRow row, Converter<float, T> single, Converter<double, T> real, Converter<bool, T> flag) =>
        ((VectorDataViewType)_column.Type).ItemType.RawType switch
        {
            var t when t == typeof(float) => Getter(row, single),
            var t when t == typeof(double) => Getter(row, real),
            _ => Getter(row, flag),
        };

    private Func<TOut[]> Getter<TIn, TOut>(DataViewRow row, Converter<TIn, TOut> convert)
    {
        var read = VectorGetter<TIn>(row, _column.Name);
        return () => Array.ConvertAll(read(), convert);
    }
}
