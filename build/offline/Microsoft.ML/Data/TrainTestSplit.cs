using Microsoft.ML.Data;

namespace Microsoft.ML;

public sealed partial class DataOperationsCatalog
{
    public readonly struct TrainTestData
    {
        public readonly IDataView TrainSet;
        public readonly IDataView TestSet;

        internal TrainTestData(IDataView trainSet, IDataView testSet) => (TrainSet, TestSet) = (trainSet, testSet);
    }

    public TrainTestData TrainTestSplit(IDataView data, double testFraction = 0.1, string samplingKeyColumnName = null, int? seed = null)
    {
        Check.That(testFraction > 0 && testFraction < 1, nameof(testFraction),
            $"testFraction must be between 0 and 1, both excluded; got {testFraction}");
        DataViewSchema.Column? key = samplingKeyColumnName == null ? null : Check.NotNull(data, nameof(data)).Schema[samplingKeyColumnName];
        ulong salt = DataViewRowId.Mix((ulong)SeedOr(seed) + 1);

        IDataView Part(bool test) => new RowSelection(data, key, cursor =>
        {
            var draw = key is { } column ? DrawByKey(cursor, column, salt) : DrawById(cursor, salt);
            return () =>
            {
                while (cursor.MoveNext())
                {
                    if (draw() < testFraction == test)
                        return true;
                }
                return false;
            };
        }, null);
        return new(Part(false), Part(true));
    }

    // A row's number comes from its id, so that both parts agree whatever order and columns their cursors have.
    private static Func<double> DrawById(DataViewRowCursor cursor, ulong salt)
    {
        var getId = cursor.GetIdGetter();
        return () =>
        {
            DataViewRowId id = default;
            getId(ref id);
            return Uniform(id.Low ^ DataViewRowId.Mix(id.High), salt);
        };
    }

    private static Func<double> DrawByKey(DataViewRowCursor cursor, DataViewSchema.Column column, ulong salt) =>
        Generic.Invoke<Func<double>>(DrawByValue<int>, [column.Type.RawType], cursor, column, salt);

    private static Func<double> DrawByValue<T>(DataViewRowCursor cursor, DataViewSchema.Column column, ulong salt)
    {
        Check.That(column.Type is PrimitiveDataViewType, nameof(column),
            $"Sampling key column '{column.Name}' must be a scalar; got {column.Type}");
        var get = cursor.GetGetter<T>(column);
        return () =>
        {
            T value = default;
            get(ref value);
            ulong hash = 14695981039346656037;
            foreach (char c in value.ToString())
                hash = (hash ^ c) * 1099511628211;
            return Uniform(hash, salt);
        };
    }

    private static double Uniform(ulong number, ulong salt) =>
        (DataViewRowId.Mix(DataViewRowId.Mix(number + 0x9E3779B97F4A7C15) ^ salt) >> 11) / (double)(1UL << 53);
}
