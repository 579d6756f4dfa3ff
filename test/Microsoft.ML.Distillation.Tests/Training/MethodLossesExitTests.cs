using Microsoft.ML.Distillation.Tests.Methods;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.Tests.Training;

public class MethodLossesExitTests
{
    [Fact]
    public void ExitsAreThoseOfTheFirstMethodThatMakesAny()
    {
        using var losses = new MethodLosses([new SelfAttentionDistillation(), new DeepSupervision { Stages = [2] }, new BeYourOwnTeacher()], Losses.Context(teacher: false));

        var exit = Assert.Single(losses.Exits);
        Assert.Equal((2, "layer2"), (exit.Stage, exit.StageName));
    }

    [Fact]
    public void OtherMethodsMakeNone()
    {
        using var losses = new MethodLosses([new KnowledgeDistillation(), new SelfAttentionDistillation()], Losses.Context());

        Assert.Empty(losses.Exits);
    }
}
