using Microsoft.ML.Runtime;

namespace Microsoft.ML.Distillation.Tests.Packages;

/// <summary>The two things an outside assembly gets from its context: messages out, and numbers that follow from the seed.</summary>
public class MicrosoftMLEnvironmentTests
{
    [Fact]
    public void Channel_messages_reach_the_log()
    {
        var ml = new MLContext(seed: 1);
        var events = new List<LoggingEventArgs>();
        ml.Log += (_, e) => events.Add(e);
        var host = ((IHostEnvironment)ml).Register("Distiller");
        using (var channel = host.Start("Fit"))
        {
            channel.Info(MessageSensitivity.None, "epoch {0} of {1}", 3, 10);
            channel.Warning(MessageSensitivity.None, "slow {device}");
            channel.Error(MessageSensitivity.None, "failed");
        }

        var info = Assert.Single(events, e => e.Kind == ChannelMessageKind.Info);
        Assert.Equal("epoch 3 of 10", info.RawMessage);
        Assert.Contains("epoch 3 of 10", info.Message);
        Assert.Contains("Distiller", info.Source);
        Assert.Contains("Fit", info.Source);
        Assert.Equal("slow {device}", Assert.Single(events, e => e.Kind == ChannelMessageKind.Warning).RawMessage);
        Assert.Equal("failed", Assert.Single(events, e => e.Kind == ChannelMessageKind.Error).RawMessage);
    }

    [Fact]
    public void Nobody_has_to_listen()
    {
        using var channel = ((IHostEnvironment)new MLContext()).Register("Distiller").Start("Fit");
        var error = Record.Exception(() => channel.Info(MessageSensitivity.None, "unheard"));
        Assert.Null(error);
    }

    [Fact]
    public void Equal_seeds_give_equal_numbers()
    {
        static int[] Draw(int seed)
        {
            var random = ((IHostEnvironment)new MLContext(seed)).Register("Distiller").Rand;
            return Enumerable.Range(0, 5).Select(_ => random.Next()).ToArray();
        }

        Assert.Equal(Draw(7), Draw(7));
        Assert.NotEqual(Draw(7), Draw(8));
    }

    [Fact]
    public void Device_settings_are_what_was_set()
    {
        var ml = new MLContext { GpuDeviceId = 3, FallbackToCpu = false, TempFilePath = "elsewhere" };
        Assert.Equal((3, false, "elsewhere"), (ml.GpuDeviceId, ml.FallbackToCpu, ml.TempFilePath));
        Assert.Null(new MLContext().GpuDeviceId);
        Assert.True(new MLContext().FallbackToCpu);
    }
}
