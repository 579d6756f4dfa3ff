using System.Text;
using Samples.RetrainingApp.Tasks;

namespace Samples.RetrainingApp.Pages;

/// <summary>The page and what it is drawn with, out of the assembly.</summary>
internal static class PageEndpoints
{
    private const string Script = "text/javascript; charset=utf-8";

    public static void MapPage(this WebApplication app, TaskPage page)
    {
        // Of the text that is put in nothing came from people.
        var html = Text("index.html").Replace("{title}", page.Title, StringComparison.Ordinal).Replace("{figure}", page.Figure, StringComparison.Ordinal)
            .Replace("{answer}", Text(page.Markup), StringComparison.Ordinal);
        Map(app, "/", Encoding.UTF8.GetBytes(html), "text/html; charset=utf-8");
        Map(app, "/app.css", Bytes("app.css"), "text/css; charset=utf-8");
        Map(app, "/icon.svg", Bytes("icon.svg"), "image/svg+xml");
        Map(app, "/app.js", Bytes("app.js"), Script);
        Map(app, "/page.js", Bytes("page.js"), Script);
        Map(app, "/task.js", Bytes(page.Script), Script);
        foreach (var module in page.Modules)
            Map(app, $"/{module}", Bytes(module), Script);
    }

    private static void Map(WebApplication app, string path, byte[] bytes, string contentType) => app.MapGet(path, () => Results.Bytes(bytes, contentType));

    private static string Text(string name) => Encoding.UTF8.GetString(Bytes(name));

    private static byte[] Bytes(string name)
    {
        using var stream = typeof(PageEndpoints).Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException($"The assembly has no '{name}'.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
