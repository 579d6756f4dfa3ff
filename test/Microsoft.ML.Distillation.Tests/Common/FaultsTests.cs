using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Tests.Common;

public class FaultsTests
{
    [Fact]
    public void WithoutFaultsNothingHappens()
    {
        var faults = new Faults("Options");
        faults.AddIf(false, "never");

        faults.ThrowIfAny("options");
    }

    [Fact]
    public void OneFaultIsOneLine()
    {
        var faults = new Faults("Options");
        faults.AddIf(true, "Epochs is 0.");

        var error = Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("options"));

        Assert.Equal(("Options: Epochs is 0. (Parameter 'options')", "options"), (error.Message, error.ParamName));
    }

    [Fact]
    public void SeveralFaultsAreListedInOrder()
    {
        var faults = new Faults("Options");
        faults.Add("Epochs is 0.");
        faults.Add("Seed is odd.");

        Assert.Equal(
            $"Options: 2 faults.{Environment.NewLine}  - Epochs is 0.{Environment.NewLine}  - Seed is odd. (Parameter 'options')",
            Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("options")).Message);
    }
}
