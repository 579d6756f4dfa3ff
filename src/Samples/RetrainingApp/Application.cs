using System.Threading.RateLimiting;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.ML;
using Samples.RetrainingApp.Guarding;
using Samples.RetrainingApp.Pages;
using Samples.RetrainingApp.Predicting;
using Samples.RetrainingApp.Retraining;
using Samples.RetrainingApp.Starting;
using Samples.RetrainingApp.Storage;
using Samples.RetrainingApp.Tasks;
using Samples.RetrainingApp.Uploads;

namespace Samples.RetrainingApp;

/// <summary>Puts the app together.</summary>
internal static class Application
{
    /// <summary>The rate limit of requests that decode an image.</summary>
    public const string ImageWork = "image work";

    private const int MostAtOnce = 16, MostWaiting = 64, MostConnections = 256;

    public static WebApplication Build(AppOptions options, DataHome home)
    {
        // Empty: no setting from elsewhere can make it listen where the options did not say, and no key was asked for.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().UseUrls(options.Urls).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MostUploadBytes;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
        });
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).AddFilter("Microsoft", LogLevel.Warning)
            // Keys lie in the data folder in plain text, and pages with a token are never kept: both are meant so.
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error).AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error);
        AddGuards(builder.Services, options, home);
        AddParts(builder.Services, options, home);
        builder.Services.AddTask(options.Task);
        var app = builder.Build();
        UseGuards(app, options);
        var task = app.Services.GetRequiredService<ITask>();
        app.MapPage(task.Page);
        app.MapToken();
        app.MapState();
        app.MapImages();
        task.Map(app);
        app.MapRuns();
        app.MapVersions();
        return app;
    }

    private static void AddGuards(IServiceCollection services, AppOptions options, DataHome home)
    {
        services.AddRoutingCore();
        // A name that somebody else's server resolves to this machine is not this app's.
        services.AddHostFiltering(filter => filter.AllowedHosts = options.ApiKey is null ? ["localhost", "127.0.0.1", "[::1]"] : ["*"]);
        services.AddDataProtection().SetApplicationName("RetrainingApp").PersistKeysToFileSystem(new DirectoryInfo(home.Keys));
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.HeaderName = ChangeGuard.TokenHeader;
            antiforgery.Cookie.Name = ChangeGuard.TokenCookie;
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
        });
        services.AddRateLimiter(limiter => limiter.AddConcurrencyLimiter(ImageWork, limit =>
        {
            limit.PermitLimit = MostAtOnce;
            limit.QueueLimit = MostWaiting;
            limit.QueueProcessingOrder = QueueProcessingOrder.OldestFirst;
        }));
    }

    private static void AddParts(IServiceCollection services, AppOptions options, DataHome home) => services
        .AddSingleton(options).AddSingleton(home).AddSingleton(new MLContext())
        .AddSingleton<Database>().AddSingleton<ImageFiles>().AddSingleton<ImageStore>().AddSingleton<BoxStore>().AddSingleton<VersionStore>().AddSingleton<RunStore>().AddSingleton<ModelFiles>()
        .AddSingleton<ImageCheck>().AddSingleton<UploadReader>()
        .AddSingleton<ModelInService>().AddSingleton<VersionSwitch>().AddSingleton<OldVersions>()
        .AddSingleton<ProgressFeed>().AddSingleton<RunContext>()
        .AddSingleton<Retrainer>().AddHostedService(parts => parts.GetRequiredService<Retrainer>())
        .AddSingleton<FirstImages>().AddSingleton<Start>();

    private static void UseGuards(WebApplication app, AppOptions options)
    {
        app.UseRefusals();
        app.UseSecurityHeaders();
        app.UseHostFiltering();
        app.UseApiKey(options.ApiKey);
        app.UseChangeGuard();
        app.UseRateLimiter();
    }
}
