using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using static Microsoft.ML.TransformsCatalog;

namespace Microsoft.ML;

public static class ConversionsExtensionsCatalog
{
    public static TypeConvertingEstimator ConvertType(this ConversionTransforms catalog, string outputColumnName,
        string inputColumnName = null, DataKind outputKind = DataKind.Single) =>
        ConvertType(catalog, [new InputOutputColumnPair(outputColumnName, inputColumnName)], outputKind);

    public static TypeConvertingEstimator ConvertType(this ConversionTransforms catalog, InputOutputColumnPair[] columns,
        DataKind outputKind = DataKind.Single) =>
        new(catalog.Environment, columns, outputKind);

    public static KeyToValueMappingEstimator MapKeyToValue(this ConversionTransforms catalog, string outputColumnName,
        string inputColumnName = null) =>
        MapKeyToValue(catalog, [new InputOutputColumnPair(outputColumnName, inputColumnName)]);

    public static KeyToValueMappingEstimator MapKeyToValue(this ConversionTransforms catalog, InputOutputColumnPair[] columns) =>
        new(catalog.Environment, columns);

    public static ValueToKeyMappingEstimator MapValueToKey(this ConversionTransforms catalog, string outputColumnName,
        string inputColumnName = null, int maximumNumberOfKeys = 1000000,
        ValueToKeyMappingEstimator.KeyOrdinality keyOrdinality = ValueToKeyMappingEstimator.KeyOrdinality.ByOccurrence,
        bool addKeyValueAnnotationsAsText = false, IDataView keyData = null) =>
        MapValueToKey(catalog, [new InputOutputColumnPair(outputColumnName, inputColumnName)], maximumNumberOfKeys, keyOrdinality,
            addKeyValueAnnotationsAsText, keyData);

    public static ValueToKeyMappingEstimator MapValueToKey(this ConversionTransforms catalog, InputOutputColumnPair[] columns,
        int maximumNumberOfKeys = 1000000,
        ValueToKeyMappingEstimator.KeyOrdinality keyOrdinality = ValueToKeyMappingEstimator.KeyOrdinality.ByOccurrence,
        bool addKeyValueAnnotationsAsText = false, IDataView keyData = null) =>
        new(catalog.Environment, columns, maximumNumberOfKeys, keyOrdinality, addKeyValueAnnotationsAsText, keyData);

    public static ValueMappingEstimator<TInputType, TOutputType> MapValue<TInputType, TOutputType>(this ConversionTransforms catalog,
        string outputColumnName, IEnumerable<KeyValuePair<TInputType, TOutputType>> keyValuePairs, string inputColumnName = null,
        bool treatValuesAsKeyType = false) =>
        new(catalog.Environment, ValueMaps.OfPairs(keyValuePairs, treatValuesAsKeyType), new(outputColumnName, inputColumnName));

    public static ValueMappingEstimator<TInputType, TOutputType> MapValue<TInputType, TOutputType>(this ConversionTransforms catalog,
        string outputColumnName, IEnumerable<KeyValuePair<TInputType, TOutputType[]>> keyValuePairs, string inputColumnName = null) =>
        new(catalog.Environment, ValueMaps.OfVectors(keyValuePairs), new(outputColumnName, inputColumnName));

    public static ValueMappingEstimator MapValue(this ConversionTransforms catalog, string outputColumnName, IDataView lookupMap,
        DataViewSchema.Column keyColumn, DataViewSchema.Column valueColumn, string inputColumnName = null) =>
        new(catalog.Environment, ValueMaps.OfData(Check.NotNull(lookupMap, nameof(lookupMap)), keyColumn, valueColumn),
            new(outputColumnName, inputColumnName));
}
