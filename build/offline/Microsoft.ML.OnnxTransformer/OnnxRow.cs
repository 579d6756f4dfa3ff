using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.Transforms.Onnx;

/// <summary>The model applied to the rows of one cursor: run once a row, for the outputs that are wanted.</summary>
internal sealed class OnnxRow : IDisposable
{
    private readonly OnnxModel _model;
    private readonly OnnxInput[] _inputs;
    private readonly string[] _inputNames;
    private readonly List<string> _outputNames;
    private readonly RunOptions _options = new();
    private readonly Action _runOnce;
    private IDisposableReadOnlyCollection<OrtValue> _results;

    internal OnnxRow(OnnxModel model, DataViewRow row, DataViewSchema.Column[] columns, IEnumerable<OnnxOutputInfo> wanted)
    {
        _model = model;
        _inputs = [.. model.Inputs.Zip(columns, (info, column) => OnnxInput.Create(row, column, info))];
        _inputNames = [.. model.Inputs.Select(input => input.Name)];
        _outputNames = [.. wanted.Select(output => output.Name)];
        _runOnce = Rows.OncePerRow(row, Run);
    }

    internal Delegate Getter(OnnxOutputInfo output)
    {
        if (output.Type is not VectorDataViewType vector)
            return Generic.Invoke<Delegate>(ScalarGetter<int>, [output.Type.RawType], output);
        return vector.ItemType is TextDataViewType ? TextGetter(output) : Generic.Invoke<Delegate>(VectorGetter<int>, [vector.ItemType.RawType], output);
    }

    public void Dispose()
    {
        _results?.Dispose();
        foreach (var input in _inputs)
            input.Dispose();
        _options.Dispose();
    }

    private void Run()
    {
        _results?.Dispose();
        _results = null;
        _results = _model.Session.Run(_options, _inputNames, [.. _inputs.Select(input => input.Fetch())], _outputNames);
    }

    private OrtValue Result(OnnxOutputInfo output)
    {
        _runOnce();
        return _results[_outputNames.IndexOf(output.Name)];
    }

    private Delegate VectorGetter<T>(OnnxOutputInfo output) where T : unmanaged => (ValueGetter<VBuffer<T>>)((ref VBuffer<T> values) =>
    {
        var tensor = Result(output).GetTensorDataAsSpan<T>();
        var editor = VBufferEditor.Create(ref values, tensor.Length);
        tensor.CopyTo(editor.Values);
        values = editor.Commit();
    });

    private Delegate TextGetter(OnnxOutputInfo output) => (ValueGetter<VBuffer<ReadOnlyMemory<char>>>)((ref VBuffer<ReadOnlyMemory<char>> values) =>
    {
        string[] texts = Result(output).GetStringTensorAsArray();
        var editor = VBufferEditor.Create(ref values, texts.Length);
        for (int i = 0; i < texts.Length; i++)
            editor.Values[i] = texts[i].AsMemory();
        values = editor.Commit();
    });

    /// <remarks>The real package fails on these too, and only when a value is asked for.</remarks>
    private static Delegate ScalarGetter<T>(OnnxOutputInfo output) => (ValueGetter<T>)((ref T _) => throw new ArgumentNullException(
        output.Name, $"ONNX output '{output.Name}' is declared as a scalar, which OnnxTransformer can't give: declare it as a vector ([1])."));
}
