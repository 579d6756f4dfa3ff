using System.Globalization;
using System.Numerics;
using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Functions from values of one type to values of another.</summary>
internal static class TypeConversions
{
    /// <summary>Null where there is no conversion.</summary>
    internal static Delegate Find(DataViewType from, DataViewType to)
    {
        var (source, target) = (from.RawType, to.RawType);
        // Keys are names, not numbers: ML.NET turns them into unsigned integers only.
        if (from is KeyDataViewType && !KeyDataViewType.IsValidDataType(target))
            return null;
        if (source == target)
            return Generic.Invoke<Delegate>(Same<int>, [source]);
        if (to is TextDataViewType)
            return Generic.Invoke<Delegate>(Text<int>, [source]);
        if (from is TextDataViewType)
            return target == typeof(bool) ? FlagOfText() : IsNumber(target) ? Generic.Invoke<Delegate>(Parsed<int>, [target]) : null;
        if (from is BooleanDataViewType)
            return IsNumber(target) ? Generic.Invoke<Delegate>(OfFlag<int>, [target]) : null;
        if (to is BooleanDataViewType)
            return IsNumber(source) ? Generic.Invoke<Delegate>(Flag<int>, [source]) : null;
        return IsNumber(source) && IsNumber(target) ? Generic.Invoke<Delegate>(Number<int, int>, [source, target]) : null;
    }

    private static bool IsNumber(Type type) => type != typeof(bool) && type.IsPrimitive;

    private static Delegate Same<T>() => (Func<T, T>)(value => value);

    private static Delegate Text<T>() => (Func<T, ReadOnlyMemory<char>>)(value => Values.ToText(value).AsMemory());

    private static Delegate Number<TIn, TOut>() where TIn : INumberBase<TIn> where TOut : INumberBase<TOut> =>
        (Func<TIn, TOut>)TOut.CreateTruncating;

    private static Delegate OfFlag<T>() where T : INumberBase<T> => (Func<bool, T>)(flag => flag ? T.One : T.Zero);

    private static Delegate Flag<T>() where T : INumberBase<T> => (Func<T, bool>)(value => !T.IsZero(value));

    private static Delegate Parsed<T>() where T : INumberBase<T> => (Func<ReadOnlyMemory<char>, T>)(text =>
        T.TryParse(text.Span.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : Values.Missing<T>());

    private static Func<ReadOnlyMemory<char>, bool> FlagOfText() =>
        text => text.Span.Trim() is var t
            && (t.Equals("true", StringComparison.OrdinalIgnoreCase) || t.SequenceEqual("1")
                || t.Equals("yes", StringComparison.OrdinalIgnoreCase));
}
