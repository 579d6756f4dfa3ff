using System.Collections.Concurrent;
using System.Diagnostics;

namespace Benchmarks.RetrainingApp;

/// <summary>The retraining app as a process of its own, to be asked and to be killed.</summary>
internal sealed class AppProcess : IDisposable
{
    public const string ApiKeyVariable = "RETRAINING_API_KEY";
    private const string Listening = "Open ";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said = new();
    private readonly TaskCompletionSource<Uri> _url = new();

    private AppProcess(string data, string? apiKey, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[Assembly, "--data", data, .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment.Remove(ApiKeyVariable);
        if (apiKey is not null)
            start.Environment[ApiKeyVariable] = apiKey;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>All it said so far.</summary>
    public string Said => string.Join(Environment.NewLine, _said);

    public Uri Url => _url.Task.Result;

    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public int Handles
    {
        get
        {
            _process.Refresh();
            return _process.HandleCount;
        }
    }

    // …/test/<project>/bin/<mode>/<configuration>/<framework>/: the app is built the same way.
    private static string Assembly
    {
        get
        {
            var own = new DirectoryInfo(AppContext.BaseDirectory);
            var (framework, configuration, mode) = (own.Name, own.Parent!.Name, own.Parent.Parent!.Name);
            var root = own.Parent.Parent.Parent!.Parent!.Parent!.Parent!.FullName;
            return Path.Combine(root, "src", "Samples", "RetrainingApp", "bin", mode, configuration, framework, "RetrainingApp.dll");
        }
    }

    /// <summary>Starts it on any free port of this machine, and waits until it listens.</summary>
    public static AppProcess Start(string data, params string[] arguments)
    {
        var app = new AppProcess(data, null, ["--urls", "http://127.0.0.1:0", .. arguments]);
        if (app._url.Task.Wait(Patience))
            return app;
        using (app)
            throw new InvalidOperationException($"The app didn't begin to listen: {app.Said}");
    }

    /// <summary>The same with a key, under whatever address the arguments give.</summary>
    public static AppProcess StartWithKey(string data, string apiKey, params string[] arguments)
    {
        var app = new AppProcess(data, apiKey, arguments);
        if (app._url.Task.Wait(Patience))
            return app;
        using (app)
            throw new InvalidOperationException($"The app didn't begin to listen: {app.Said}");
    }

    /// <summary>Starts one that is to end by itself.</summary>
    public static (int ExitCode, string Said) Run(string data, string? apiKey, params string[] arguments)
    {
        using var app = new AppProcess(data, apiKey, arguments);
        if (!app._process.WaitForExit(Patience))
            throw new InvalidOperationException($"The app goes on: {app.Said}");
        app._process.WaitForExit();
        return (app._process.ExitCode, app.Said);
    }

    /// <summary>Starts one and ends it a moment later, however far it is by then.</summary>
    public static void KillStarting(string data, TimeSpan after, params string[] arguments)
    {
        using var app = new AppProcess(data, null, ["--urls", "http://127.0.0.1:0", .. arguments]);
        Thread.Sleep(after);
        app.Kill();
    }

    /// <summary>Ends the process at once: SIGKILL, which it can neither catch nor delay.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            if (_process.HasExited)
                _url.TrySetException(new InvalidOperationException($"The app ended: {Said}"));
            return;
        }
        _said.Enqueue(line);
        if (line.StartsWith(Listening, StringComparison.Ordinal))
            _url.TrySetResult(new Uri(line[Listening.Length..].Split(' ')[0].TrimEnd('.').Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)));
    }
}
