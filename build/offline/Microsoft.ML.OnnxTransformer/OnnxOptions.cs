using System.Collections.Generic;

namespace Microsoft.ML.Transforms.Onnx;

public sealed class OnnxOptions
{
    public string ModelFile;
    public string[] InputColumns;
    public string[] OutputColumns;
    public int? GpuDeviceId;
    public bool FallbackToCpu;

    /// <summary>Shapes, by input or output name, in place of those in the file.</summary>
    public IDictionary<string, int[]> ShapeDictionary;

    /// <summary>Kept for the model file; nothing here recurses over the graph.</summary>
    public int RecursionLimit = 100;
    public int? InterOpNumThreads;
    public int? IntraOpNumThreads;
}
