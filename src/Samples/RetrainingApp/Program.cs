using Samples.Common;
using Samples.RetrainingApp;
using Samples.RetrainingApp.Starting;
using Samples.RetrainingApp.Storage;

const int failed = 2;
try
{
    var options = OptionParser.Parse(args, Environment.GetEnvironmentVariable(OptionParser.ApiKeyVariable));
    if (options.Help)
    {
        Console.Out.WriteLine(OptionParser.Help);
        return 0;
    }
    using var home = DataHome.Open(options.Data);
    await using var app = Application.Build(options, home);
    app.Services.GetRequiredService<Start>().Run();
    app.Lifetime.ApplicationStarted.Register(() => Console.Out.WriteLine($"Open {string.Join(" or ", app.Urls)}. Ctrl+C stops it; a retraining goes on at the next start."));
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (e is OptionException or ArgumentException or InvalidOperationException or IOException or InvalidDataException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"error: {OptionException.Plain(e)}");
    return failed;
}
