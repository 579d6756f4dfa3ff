namespace Samples.RetrainingApp.Storage;

/// <summary>An image and what is known of it.</summary>
/// <param name="Id">Made here; its file is named for it.</param>
/// <param name="Name">What the person called it, for show.</param>
/// <param name="Predicted">What a model said when it came; null where there was none.</param>
/// <param name="PredictedBy">The version that said so.</param>
/// <param name="Label">What a person says, in words; null for nothing yet.</param>
/// <param name="HeldOut">Whether models are compared on it, and never trained; null without a label.</param>
/// <param name="Width">In pixels; null for one that was kept before this was.</param>
/// <param name="Height">Likewise.</param>
internal sealed record StoredImage(string Id, string Format, string Name, string Added, string? Predicted, long? PredictedBy, string? Label, bool? HeldOut, int? Width, int? Height);

/// <summary>How many images there are.</summary>
internal sealed record ImageCounts(long Images, long Labelled, long HeldOut);
