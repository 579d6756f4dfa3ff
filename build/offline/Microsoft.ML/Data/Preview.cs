using System.Collections.Immutable;
using Microsoft.ML.Data;

namespace Microsoft.ML
{
    public static class DebuggerExtensions
    {
        public static DataDebuggerPreview Preview(this IDataView data, int maxRows = 100) =>
            new(Check.NotNull(data, nameof(data)), maxRows);

        public static DataDebuggerPreview Preview(this ITransformer transformer, IDataView data, int maxRows = 100) =>
            new(Check.NotNull(transformer, nameof(transformer)).Transform(data), maxRows);

        public static DataDebuggerPreview Preview(this IEstimator<ITransformer> estimator, IDataView data, int maxRows = 100,
            int maxTrainingRows = 100) =>
            new(estimator.Fit(FirstRows(data, maxTrainingRows)).Transform(data), maxRows);

        public static DataDebuggerPreview Preview<TSource>(this IDataLoader<TSource> loader, TSource source, int maxRows = 100) =>
            new(loader.Load(source), maxRows);

        private static RowSelection FirstRows(IDataView data, int count) =>
            new(data, null, cursor => Limited(cursor, count), rows => Math.Min(rows, count));

        private static Func<bool> Limited(DataViewRowCursor cursor, long rows) => () => rows-- > 0 && cursor.MoveNext();
    }
}

namespace Microsoft.ML.Data
{
    public sealed class DataDebuggerPreview
    {
        internal DataDebuggerPreview(IDataView data, int maxRows)
        {
            Check.AtLeast(maxRows, 0, nameof(maxRows));
            Schema = data.Schema;
            var rows = new List<KeyValuePair<string, object>[]>();
            using (var cursor = data.GetRowCursor(Schema))
            {
                var read = Schema.Select(c => Generic.Invoke<Func<object>>(Reader<int>, [c.Type.RawType], cursor, c)).ToArray();
                while (rows.Count < maxRows && cursor.MoveNext())
                    rows.Add(Schema.Select(c => KeyValuePair.Create(c.Name, read[c.Index]())).ToArray());
            }
            RowView = rows.Select(values => new RowInfo(values)).ToImmutableArray();
            ColumnView = Schema.Select(c => new ColumnInfo(c, rows.Select(r => r[c.Index].Value).ToArray())).ToImmutableArray();
        }

        public DataViewSchema Schema { get; }

        public ImmutableArray<ColumnInfo> ColumnView { get; }

        public ImmutableArray<RowInfo> RowView { get; }

        private static Func<object> Reader<T>(DataViewRow row, DataViewSchema.Column column)
        {
            var get = row.GetGetter<T>(column);
            return () =>
            {
                T value = default;
                get(ref value);
                return value;
            };
        }

        public override string ToString() => $"{Schema.Count} columns, {RowView.Length} rows";

        public sealed class ColumnInfo
        {
            internal ColumnInfo(DataViewSchema.Column column, object[] values) => (Column, Values) = (column, values);

            public DataViewSchema.Column Column { get; }

            public object[] Values { get; }

            public override string ToString() => $"{Column.Name}: {Column.Type}";
        }

        public sealed class RowInfo
        {
            internal RowInfo(KeyValuePair<string, object>[] values) => Values = values;

            public KeyValuePair<string, object>[] Values { get; }

            public override string ToString() => $"{Values.Length} columns";
        }
    }
}
