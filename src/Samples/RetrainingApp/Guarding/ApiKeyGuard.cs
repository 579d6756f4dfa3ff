using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Samples.RetrainingApp.Guarding;

/// <summary>Lets in who knows the key: in the header <c>X-Api-Key</c>, or as the password that a browser asks for.</summary>
internal static class ApiKeyGuard
{
    public static void UseApiKey(this WebApplication app, string? key)
    {
        if (key is null)
            return;
        var expected = Hash(key);
        app.Use((context, next) =>
        {
            // Of equal length, and compared to the end: the time it takes tells nothing of the key.
            if (Given(context.Request) is { } given && CryptographicOperations.FixedTimeEquals(Hash(given), expected))
                return next(context);
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"Retraining: any name, the key as password\", charset=\"UTF-8\"";
            return Refusals.Answer(context, StatusCodes.Status401Unauthorized, "A key is needed: in the header X-Api-Key, or as the password.");
        });
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static string? Given(HttpRequest request)
    {
        if (request.Headers.TryGetValue("X-Api-Key", out var key))
            return key;
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) || !header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
            return null;
        var bytes = new byte[header.Parameter?.Length ?? 0];
        if (!Convert.TryFromBase64String(header.Parameter ?? "", bytes, out var length))
            return null;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        return text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }
}
