using System.Diagnostics;

namespace Microsoft.ML.Distillation.Tests.Reports.Page;

/// <summary>A Chromium without a window, which can resolve no name, and so reach no network.</summary>
internal static class Browser
{
    private const string Remedy =
        "The report's page is tested in a browser, and there is no Chromium here. Install one (Debian: sudo apt-get install chromium), or name the program of Chromium, Chrome or Edge in the environment variable CHROMIUM.";

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    /// <summary>The page as the browser understood it.</summary>
    public static string Dom(string page) => Run(page, "--dump-dom");

    /// <summary>Draws the page into a PNG file.</summary>
    public static void Draw(string page, string png, int width, int height) => Run(page, $"--screenshot={png}", $"--window-size={width},{height}", "--hide-scrollbars", "--force-device-scale-factor=1");

    private static string Run(string page, params string[] arguments)
    {
        var profile = Directory.CreateTempSubdirectory("distillation-browser-").FullName;
        try
        {
            return Run(profile, page, arguments);
        }
        finally
        {
            Delete(profile);
        }
    }

    private static string Run(string profile, string page, string[] arguments)
    {
        var start = new ProcessStartInfo(Find()) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])
            ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", $"--user-data-dir={profile}",
                "--host-resolver-rules=MAP * ~NOTFOUND", "--blink-settings=preferredColorScheme=1", .. arguments, new Uri(page).AbsoluteUri])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(_patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{start.FileName} did not end within {_patience.TotalMinutes} minutes.");
        }
        Assert.True(process.ExitCode == 0, $"{start.FileName} ended with {process.ExitCode}: {errors.Result}");
        return output.Result;
    }

    // The browser's helpers may write there for a moment after it has ended.
    private static void Delete(string profile)
    {
        for (var attempt = 0; attempt < 20 && Directory.Exists(profile); attempt++)
        {
            try
            {
                Directory.Delete(profile, recursive: true);
            }
            catch (IOException)
            {
                Thread.Sleep(100);
            }
        }
    }

    /// <summary>The browser's program.</summary>
    public static string Find()
    {
        string[] names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome.exe", "msedge.exe"];
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> known = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium", .. WindowsPrograms()];
        var candidates = names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).Concat(known);
        if (Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named)
            candidates = [named];
        var found = candidates.FirstOrDefault(File.Exists);
        Assert.True(found is not null, Remedy);
        return found;
    }

    private static IEnumerable<string> WindowsPrograms() =>
        from root in new[] { Environment.SpecialFolder.ProgramFiles, Environment.SpecialFolder.ProgramFilesX86 }.Select(Environment.GetFolderPath)
        from program in new[] { "Microsoft/Edge/Application/msedge.exe", "Google/Chrome/Application/chrome.exe" }
        where root.Length > 0
        select Path.Combine(root, program);
}
