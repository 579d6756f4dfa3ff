namespace Benchmarks.RetrainingApp;

/// <summary>What strain on the retraining app has to know of the app's task.</summary>
internal interface ISoakedTask
{
    /// <summary>The app's, so that a training takes seconds.</summary>
    string[] Options { get; }

    /// <summary>Between one image and the next of whoever corrects; all that come are trained on.</summary>
    TimeSpan Pause { get; }

    /// <summary>The longest that the app goes on until it is killed.</summary>
    TimeSpan Longest { get; }

    /// <summary>The file of an image that the app has not drawn for itself.</summary>
    byte[] Image(int number);

    /// <summary>What is said of that image, one after the other, each as text.</summary>
    string[] Corrections(int number);

    Task<HttpResponseMessage> Correct(AppClient client, string id, string correction);

    /// <returns>The correction that the app has of an image; null for none.</returns>
    Task<string?> Kept(AppClient client, AppImage image);

    /// <returns>All that a prediction says.</returns>
    Task<(long Version, string Said)> Ask(AppClient client, byte[] image);
}
