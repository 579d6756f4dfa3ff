using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.ML;
using Microsoft.Extensions.Primitives;
using Microsoft.ML.Distillation.Tests.ImageClassification;

namespace Microsoft.ML.Distillation.Tests.Packages;

/// <summary>Pools of prediction engines over saved models, as web applications have them.</summary>
[Collection(nameof(TrainingTests))]
public class MicrosoftExtensionsMLTests(FittedPipeline fitted)
{
    private sealed class Picture
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class Prediction
    {
        public string PredictedName { get; set; } = "";

        public float[] Score { get; set; } = [];
    }

    private sealed class Number
    {
        public float X { get; set; }
    }

    private sealed class Sized
    {
        public float[] Features { get; set; } = [];
    }

    [Theory]
    [InlineData("")]
    [InlineData("shapes")]
    public async Task ADistilledZipPredictsOnSeveralThreadsAsItDoesOnOne(string name)
    {
        await using var services = new ServiceCollection().AddPredictionEnginePool<Picture, Prediction>().FromFile(name, fitted.Zip, watchForChanges: false).Services.BuildServiceProvider();
        var pool = services.GetRequiredService<PredictionEnginePool<Picture, Prediction>>();
        var expected = Quick.Scores(fitted.Model, fitted.Data);

        var found = new float[4][][];
        await Task.WhenAll(Enumerable.Range(0, found.Length).Select(t => Task.Run(() =>
            found[t] = [.. fitted.Rows.Select(r => pool.Predict(name, new Picture { ImagePath = r.ImagePath }).Score)])));

        Assert.All(found, scores => Quick.Close(expected, scores, 1e-5));
        Assert.NotNull(name.Length == 0 ? pool.GetModel() : pool.GetModel(name));
    }

    [Fact]
    public void AnEngineThatCameBackIsTakenAgain()
    {
        using var services = new ServiceCollection().AddPredictionEnginePool<Picture, Prediction>().FromFile(fitted.Zip, watchForChanges: false).Services.BuildServiceProvider();
        var pool = services.GetRequiredService<PredictionEnginePool<Picture, Prediction>>();
        var first = pool.GetPredictionEngine();
        Assert.NotSame(first, pool.GetPredictionEngine());

        pool.ReturnPredictionEngine(first);

        Assert.Same(first, pool.GetPredictionEngine());
    }

    [Fact]
    public void ALoaderOfOnesOwnSwapsTheModel()
    {
        var loader = new Swapped(Widened(1));
        var services = new ServiceCollection();
        services.AddPredictionEnginePool<Number, Sized>();
        services.AddOptions<PredictionEnginePoolOptions<Number, Sized>>().Configure(o => o.ModelLoader = loader);
        using var provider = services.BuildServiceProvider();
        var pool = provider.GetRequiredService<PredictionEnginePool<Number, Sized>>();
        Assert.Equal([5f], pool.Predict(new Number { X = 5 }).Features);

        loader.Swap(Widened(2));

        Assert.Equal([5f, 5f], pool.Predict(new Number { X = 5 }).Features);
        Assert.Same(loader.GetModel(), pool.GetModel());
    }

    [Fact]
    public void AFileWrittenInPlaceIsReadAgain()
    {
        using var folder = new TemporaryFolder();
        var ml = new MLContext(seed: 1);
        var schema = ml.Data.LoadFromEnumerable(new Number[1]).Schema;
        ml.Model.Save(Widened(1), schema, folder["model.zip"]);
        using var services = new ServiceCollection().AddPredictionEnginePool<Number, Sized>().FromFile(folder["model.zip"]).Services.BuildServiceProvider();
        var pool = services.GetRequiredService<PredictionEnginePool<Number, Sized>>();
        Assert.Equal([5f], pool.Predict(new Number { X = 5 }).Features);

        ml.Model.Save(Widened(2), schema, folder["model.zip"]);

        Assert.True(SpinWait.SpinUntil(() => pool.Predict(new Number { X = 5 }).Features.Length == 2, TimeSpan.FromSeconds(30)), "The pool still has the model before.");
    }

    [Fact]
    public void WhatWasNotAddedIsAnError()
    {
        using var empty = new ServiceCollection().AddPredictionEnginePool<Number, Sized>().Services.BuildServiceProvider();
        Assert.Throws<ArgumentException>(() => empty.GetRequiredService<PredictionEnginePool<Number, Sized>>().GetPredictionEngine());
        using var missing = new ServiceCollection().AddPredictionEnginePool<Number, Sized>().FromFile("missing.zip").Services.BuildServiceProvider();
        Assert.Throws<ArgumentException>(missing.GetRequiredService<PredictionEnginePool<Number, Sized>>);
    }

    /// <summary>A model that says a number so many times.</summary>
    private static ITransformer Widened(int times)
    {
        var ml = new MLContext(seed: 1);
        return ml.Transforms.Concatenate("Features", [.. Enumerable.Repeat("X", times)]).Fit(ml.Data.LoadFromEnumerable(new Number[1]));
    }

    private sealed class Swapped(ITransformer model) : ModelLoader
    {
        private ITransformer _model = model;
        private ModelReloadToken _token = new();

        public override ITransformer GetModel() => _model;

        public override IChangeToken GetReloadToken() => _token;

        public void Swap(ITransformer model)
        {
            _model = model;
            var old = _token;
            _token = new ModelReloadToken();
            old.OnReload();
        }
    }
}
