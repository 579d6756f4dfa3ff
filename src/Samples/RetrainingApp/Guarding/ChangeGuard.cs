using Microsoft.AspNetCore.Antiforgery;

namespace Samples.RetrainingApp.Guarding;

/// <summary>
/// Lets changes through that the app's own page asks for: the browser says no other origin, and the request carries the token that only this origin could read, and the cookie it belongs to.
/// </summary>
internal static class ChangeGuard
{
    public const string TokenHeader = "X-CSRF-Token", TokenCookie = "retraining-token";

    public static void UseChangeGuard(this WebApplication app)
    {
        var antiforgery = app.Services.GetRequiredService<IAntiforgery>();
        app.Use(async (context, next) =>
        {
            var request = context.Request;
            if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            {
                if (IsForeign(request))
                {
                    await Refusals.Answer(context, StatusCodes.Status403Forbidden, "The request comes from another origin.");
                    return;
                }
                // Asked first: without the header the body would be searched for a form.
                if (!request.Headers.ContainsKey(TokenHeader) || !await antiforgery.IsRequestValidAsync(context))
                {
                    await Refusals.Answer(context, StatusCodes.Status400BadRequest, $"The header {TokenHeader} with the token from /token is missing or outdated.");
                    return;
                }
            }
            await next(context);
        });
    }

    public static void MapToken(this WebApplication app) =>
        app.MapGet("/token", (IAntiforgery antiforgery, HttpContext context) => Results.Ok(new { Token = antiforgery.GetAndStoreTokens(context).RequestToken }));

    private static bool IsForeign(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var origin = request.Headers.Origin.ToString();
        // A proxy may have spoken HTTPS: the host is what tells.
        return site is not ("" or "same-origin" or "none")
            || (origin.Length > 0 && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase)));
    }
}
