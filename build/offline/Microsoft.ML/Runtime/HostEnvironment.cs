using System.Diagnostics;

namespace Microsoft.ML.Runtime;

/// <summary>Everything a context knows: hosts hang below it, messages go up to it.</summary>
internal sealed class HostEnvironment : IHostEnvironment
{
    private readonly Lock _lock = new();
    private readonly Random _seeds;

    internal HostEnvironment(int? seed, Action<string, ChannelMessage> log)
    {
        Seed = seed;
        Log = log;
        _seeds = seed is { } s ? new Random(s) : new Random();
    }

    internal int? Seed { get; }

    internal Action<string, ChannelMessage> Log { get; }

    public ComponentCatalog ComponentCatalog { get; } = new();

    public string ContextDescription => "HostEnvironment";

    public TException Process<TException>(TException ex) where TException : Exception => ex;

    public IHost Register(string name, int? seed = null, bool? verbose = null) => new Host(this, name, seed ?? NextSeed());

    public IChannel Start(string name) => new Channel(this, name);

    public IPipe<TMessage> StartPipe<TMessage>(string name) => throw Check.NotOffered(nameof(StartPipe));

    public IProgressChannel StartProgressChannel(string name) => new SilentProgress();

    internal int NextSeed()
    {
        lock (_lock)
            return _seeds.Next();
    }
}

internal sealed class Host(HostEnvironment root, string name, int seed) : IHost
{
    public Random Rand { get; } = new(seed);

    internal HostEnvironment Root => root;

    public ComponentCatalog ComponentCatalog => root.ComponentCatalog;

    public string ContextDescription => name;

    public TException Process<TException>(TException ex) where TException : Exception => ex;

    public IHost Register(string childName, int? childSeed = null, bool? verbose = null) =>
        new Host(root, childName, childSeed ?? Rand.Next());

    public IChannel Start(string channelName) => new Channel(root, $"{name}; {channelName}");

    public IPipe<TMessage> StartPipe<TMessage>(string pipeName) => throw Check.NotOffered(nameof(StartPipe));

    public IProgressChannel StartProgressChannel(string channelName) => new SilentProgress();
}

internal sealed class Channel : IChannel
{
    private readonly HostEnvironment _root;
    private readonly string _source;
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    internal Channel(HostEnvironment root, string source)
    {
        (_root, _source) = (root, source);
        Trace(MessageSensitivity.None, "Channel started");
    }

    public string ContextDescription => _source;

    public TException Process<TException>(TException ex) where TException : Exception => ex;

    public void Send(ChannelMessage msg) => _root.Log(_source, msg);

    public void Trace(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Trace, sensitivity, fmt, null));

    public void Trace(MessageSensitivity sensitivity, string fmt, params object[] args) =>
        Send(new(ChannelMessageKind.Trace, sensitivity, fmt, args));

    public void Info(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Info, sensitivity, fmt, null));

    public void Info(MessageSensitivity sensitivity, string fmt, params object[] args) =>
        Send(new(ChannelMessageKind.Info, sensitivity, fmt, args));

    public void Warning(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Warning, sensitivity, fmt, null));

    public void Warning(MessageSensitivity sensitivity, string fmt, params object[] args) =>
        Send(new(ChannelMessageKind.Warning, sensitivity, fmt, args));

    public void Error(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Error, sensitivity, fmt, null));

    public void Error(MessageSensitivity sensitivity, string fmt, params object[] args) =>
        Send(new(ChannelMessageKind.Error, sensitivity, fmt, args));

    public void Dispose() => Trace(MessageSensitivity.None, $"Channel finished. Elapsed {_clock.Elapsed:c}.");
}
