using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.Tests.Training;

public class TermNamesTests
{
    [Fact]
    public void AloneAMethodNamesItsTermsItself() => Assert.Equal(["kd", "mmd"], Names(["A"], (0, "kd"), (0, "mmd")));

    [Fact]
    public void TheLaterOfTwoMethodsGetsItsName() => Assert.Equal(
        ["kd", "kd (B)", "at", "at (C)", "kd (C)"], Names(["A", "B", "C"], (0, "kd"), (1, "kd"), (1, "at"), (2, "at"), (2, "kd")));

    [Fact]
    public void TheSameMethodsAreCounted() => Assert.Equal(
        ["kd", "kd 2", "kd 3", "kd (B)", "kd (B) 2"], Names(["A", "A", "A", "B", "B"], (0, "kd"), (1, "kd"), (2, "kd"), (3, "kd"), (4, "kd")));

    [Fact]
    public void TheRunsOwnNamesAreTaken() => Assert.Equal(["task (A)", "total (A)"], Names(["A"], (0, "task"), (0, "total")));

    // A term that comes and goes doesn't take another's name.
    [Fact]
    public void NamesStayTheSameAtEveryStep()
    {
        var names = new TermNames(["A", "B"]);

        Assert.Equal("kd", names.Of(0, "kd"));
        Assert.Equal("kd (B)", names.Of(1, "kd"));
        Assert.Equal("kd (B)", names.Of(1, "kd"));
        Assert.Equal("kd", names.Of(0, "kd"));
    }

    // A detector's own terms have names of their own, and several of them.
    [Fact]
    public void TheRunsOwnTermsKeepTheirNames() => Assert.Equal(
        ["box", "class", "total", "box (A)", "class (B)"], Names(["A", "B"], (TermNames.Run, "box"), (TermNames.Run, "class"), (TermNames.Run, "total"), (0, "box"), (1, "class")));

    private static string[] Names(string[] methods, params (int Method, string Term)[] terms)
    {
        var names = new TermNames(methods);
        return [.. terms.Select(t => names.Of(t.Method, t.Term))];
    }
}
