namespace Samples.RetrainingApp.Tasks;

/// <summary>What a model is retrained to do, as <c>--task</c> and the database have it.</summary>
internal enum VisionTask
{
    /// <summary>A class for the whole image.</summary>
    Classification,

    /// <summary>A box and a class for every object in it.</summary>
    Detection,
}
