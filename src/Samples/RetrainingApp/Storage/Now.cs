using System.Globalization;

namespace Samples.RetrainingApp.Storage;

/// <summary>Times as the database has them: text that sorts.</summary>
internal static class Now
{
    public static string Text => DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
