using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Distillation.Tests.Packages;

/// <summary>A custom mapping is saved by its contract's name and found again in the assembly it came from.</summary>
public class MicrosoftMLCustomMappingTests
{
    public sealed class Input
    {
        public float X { get; set; }

        [VectorType(2)]
        public float[]? Pair { get; set; }
    }

    public sealed class Output
    {
        public float Sum { get; set; }

        [VectorType(3)]
        public float[]? Triple { get; set; }
    }

    [CustomMappingFactoryAttribute("MicrosoftMLCustomMappingTests.Sum")]
    public sealed class SumFactory : CustomMappingFactory<Input, Output>
    {
        public override Action<Input, Output> GetMapping() => Map;
    }

    private static void Map(Input input, Output output)
    {
        output.Sum = input.X + input.Pair![0] + input.Pair[1];
        output.Triple = [input.Pair[1], input.Pair[0], input.X];
    }

    private static IDataView Data(MLContext ml) =>
        ml.Data.LoadFromEnumerable(new Input[] { new() { X = 1, Pair = [2, 3] }, new() { X = 10, Pair = [20, 30] } });

    [Fact]
    public void Columns_and_their_types_come_from_the_output_class()
    {
        var ml = new MLContext();
        var mapped = ml.Transforms.CustomMapping<Input, Output>(Map, null).Fit(Data(ml)).Transform(Data(ml));

        Assert.Equal([6f, 60f], mapped.GetColumn<float>("Sum"));
        Assert.Equal([[3, 2, 1], [30, 20, 10]], mapped.GetColumn<float[]>("Triple"));
        Assert.Equal(3, Assert.IsType<VectorDataViewType>(mapped.Schema["Triple"].Type).Size);
    }

    [Fact]
    public void A_contract_is_found_by_name_in_a_new_context()
    {
        var ml = new MLContext();
        var model = ml.Transforms.CustomMapping<Input, Output>(Map, "MicrosoftMLCustomMappingTests.Sum").Fit(Data(ml));
        using var file = new MemoryStream();
        ml.Model.Save(model, Data(ml).Schema, file);

        var other = new MLContext();
        file.Position = 0;
        var loaded = other.Model.Load(file, out _);
        Assert.Equal([6f, 60f], loaded.Transform(Data(other)).GetColumn<float>("Sum"));
        using var again = new MemoryStream();
        other.Model.Save(loaded, Data(other).Schema, again);
        Assert.NotEqual(0, again.Length);
    }

    [Fact]
    public void Without_a_contract_it_cannot_be_saved()
    {
        var ml = new MLContext();
        var model = ml.Transforms.CustomMapping<Input, Output>(Map, null).Fit(Data(ml));
        var error = Assert.ThrowsAny<Exception>(() => ml.Model.Save(model, null, new MemoryStream()));
        Assert.Contains("contract", error.Message);
    }

    [Fact]
    public void A_registered_assembly_may_be_registered_again()
    {
        var ml = new MLContext();
        ml.ComponentCatalog.RegisterAssembly(typeof(SumFactory).Assembly);
        ml.ComponentCatalog.RegisterAssembly(typeof(SumFactory).Assembly);
        A_contract_is_found_by_name_in_a_new_context();
    }

    [Fact]
    public void An_input_the_data_lacks_is_named()
    {
        var ml = new MLContext();
        var data = ml.Data.LoadFromEnumerable(new[] { new Output { Triple = [1, 2, 3] } });
        var error = Assert.ThrowsAny<Exception>(() => ml.Transforms.CustomMapping<Input, Output>(Map, null).Fit(data));
        Assert.Contains("X", error.Message);
    }
}
