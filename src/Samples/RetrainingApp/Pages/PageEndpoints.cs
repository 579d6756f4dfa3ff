namespace Samples.RetrainingApp.Pages;

/// <summary>The page and what it is drawn with, out of the assembly.</summary>
internal static class PageEndpoints
{
    public static void MapPage(this WebApplication app)
    {
        MapFile(app, "/", "index.html", "text/html; charset=utf-8");
        MapFile(app, "/app.css", "app.css", "text/css; charset=utf-8");
        MapFile(app, "/icon.svg", "icon.svg", "image/svg+xml");
        MapFile(app, "/app.js", "app.js", "text/javascript; charset=utf-8");
    }

    private static void MapFile(WebApplication app, string path, string name, string contentType)
    {
        using var stream = typeof(PageEndpoints).Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException($"The assembly has no '{name}'.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        app.MapGet(path, () => Results.Bytes(bytes, contentType));
    }
}
