namespace Samples.RetrainingApp.Predicting;

/// <summary>The model in service, of whichever task.</summary>
internal interface IPredictor
{
    /// <summary>The version in service; null for none.</summary>
    long? Version { get; }

    /// <returns>Null where there is no model yet.</returns>
    IAnswer? Predict(byte[] image);

    /// <summary>Puts another model into service.</summary>
    void Serve(LoadedModel model);
}
