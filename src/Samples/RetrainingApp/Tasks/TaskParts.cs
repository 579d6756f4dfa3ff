using Microsoft.Extensions.ML;
using Microsoft.ML;
using Samples.RetrainingApp.Predicting;
using Samples.RetrainingApp.Tasks.Classification;
using Samples.RetrainingApp.Tasks.Detection;

namespace Samples.RetrainingApp.Tasks;

/// <summary>The one place where a task is chosen.</summary>
internal static class TaskParts
{
    public static IServiceCollection AddTask(this IServiceCollection services, VisionTask task) => task == VisionTask.Detection
        ? services.AddSingleton<DetectionTeacher>().AddSingleton<DetectionPlan>().AddSingleton<DetectionTrainer>().AddSingleton<DetectionScore>().AddSingleton<FirstScenes>().AddTask<DetectionTask, DetectorOutput, ObjectReader>()
        : services.AddSingleton<ClassificationTeacher>().AddSingleton<ClassificationPlan>().AddSingleton<ClassificationTrainer>().AddSingleton<ClassificationScore>().AddSingleton<FirstDrawings>().AddTask<ClassificationTask, ClassifierOutput, ClassReader>();

    private static IServiceCollection AddTask<TTask, TOutput, TReader>(this IServiceCollection services)
        where TTask : class, ITask
        where TOutput : class, new()
        where TReader : class, IAnswerReader<TOutput>
    {
        services.AddSingleton<ITask, TTask>().AddSingleton<IAnswerReader<TOutput>, TReader>().AddSingleton<IPredictor, Predictor<TOutput>>();
        services.AddPredictionEnginePool<ImageInput, TOutput>();
        services.AddOptions<MLOptions>().Configure<MLContext>((pool, ml) => pool.MLContext = ml);
        services.AddOptions<PredictionEnginePoolOptions<ImageInput, TOutput>>().Configure<ModelInService>((pool, loader) => pool.ModelLoader = loader);
        return services;
    }
}
