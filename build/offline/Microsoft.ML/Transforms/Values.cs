using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>What transformers that treat values one by one share.</summary>
internal static class Values
{
    /// <summary>A getter that maps a scalar, or a vector item by item.</summary>
    internal static Delegate Map<TIn, TOut>(DataViewRow row, DataViewSchema.Column input, Func<TIn, TOut> map)
    {
        if (input.Type is VectorDataViewType)
            return MapVector(row.GetGetter<VBuffer<TIn>>(input), map);
        var get = row.GetGetter<TIn>(input);
        TIn source = default;
        return (ValueGetter<TOut>)((ref TOut value) =>
        {
            get(ref source);
            value = map(source);
        });
    }

    private static ValueGetter<VBuffer<TOut>> MapVector<TIn, TOut>(ValueGetter<VBuffer<TIn>> get, Func<TIn, TOut> map)
    {
        VBuffer<TIn> source = default;
        VBuffer<TIn> dense = default;
        return (ref VBuffer<TOut> value) =>
        {
            get(ref source);
            source.CopyToDense(ref dense);
            var items = dense.GetValues();
            var editor = VBufferEditor.Create(ref value, items.Length);
            for (int i = 0; i < items.Length; i++)
                editor.Values[i] = map(items[i]);
            value = editor.Commit();
        };
    }

    /// <summary>What stands for "no value" among values of this type; the type's default where it has nothing of the kind.</summary>
    internal static T Missing<T>() =>
        typeof(T) == typeof(float) ? (T)(object)float.NaN : typeof(T) == typeof(double) ? (T)(object)double.NaN : default;

    internal static bool IsMissing<T>(T value) => value switch
    {
        float single => float.IsNaN(single),
        double number => double.IsNaN(number),
        ReadOnlyMemory<char> text => text.IsEmpty,
        _ => false,
    };

    internal static string ToText<T>(T value) => value switch
    {
        float or double when IsMissing(value) => "",
        bool flag => flag ? "True" : "False",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    internal static IEqualityComparer<T> Comparer<T>() =>
        typeof(T) == typeof(ReadOnlyMemory<char>) ? (IEqualityComparer<T>)(object)TextComparer.Instance : EqualityComparer<T>.Default;

    internal static IComparer<T> Order<T>() =>
        typeof(T) == typeof(ReadOnlyMemory<char>) ? (IComparer<T>)(object)TextComparer.Instance
            : System.Collections.Generic.Comparer<T>.Default;

    /// <summary>Text by its characters; as a memory it would be equal only to itself.</summary>
    private sealed class TextComparer : IEqualityComparer<ReadOnlyMemory<char>>, IComparer<ReadOnlyMemory<char>>
    {
        internal static readonly TextComparer Instance = new();

        public bool Equals(ReadOnlyMemory<char> x, ReadOnlyMemory<char> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode([DisallowNull] ReadOnlyMemory<char> text) => string.GetHashCode(text.Span);

        public int Compare(ReadOnlyMemory<char> x, ReadOnlyMemory<char> y) => x.Span.SequenceCompareTo(y.Span);
    }
}
