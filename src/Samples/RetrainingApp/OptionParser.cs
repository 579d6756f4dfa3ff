using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.ML.Distillation;
using Samples.Common;
using Samples.RetrainingApp.Tasks;

namespace Samples.RetrainingApp;

/// <summary>Reads the command line, and reports everything that is wrong with it together.</summary>
internal sealed class OptionParser
{
    public const string ApiKeyVariable = "RETRAINING_API_KEY";

    public const string Help = $"""
        Serves an image classifier, or an object detector, on a page, takes corrections, and retrains it with them.

          --task TASK            classification, or detection (classification); a data folder keeps to one
          --data FOLDER          for the database, images and models (artifacts/retraining, artifacts/retraining-detection)
          --images FOLDER        to begin with: class-named folders of images; for detection images with one .json file in COCO's format. Without it the app draws some
          --drawings N           how many it draws; 0 for none (240)
          --urls URL[;URL…]      where it listens (http://127.0.0.1:5080). Beyond this machine it needs a key of 16 characters or more in the
                                 environment variable {ApiKeyVariable}, and a proxy in front of it that speaks HTTPS
          --teacher FILE.onnx    a second teacher beside the model in service: a classifier that knows the classes by name, or a detector
                                 that knows some of them and finds what nobody marked
          --teacher-classes A,…  its classes in the order of its outputs, or a text file with one a line, where its file does not name them
          --student NAME         of the first model, and of classifiers that learn new classes (resnet20, yolov5n)
          --size PIXELS          its side (32, 128)
          --epochs N --batch N   of a retraining (10, 32; for detection 30, 8)
          --score SHARE          how sure a detector must be of an object that is shown (0.25)
          --threads N            for training (all cores but one)
          --max-bytes N          of an upload (5 MiB)
          --max-pixels N         of an image (16 million)
          --max-images N         that are kept (10000)
          --keep N               versions of the model whose files are kept, beside the one in service and the one it was made from (10)
        """;

    private const int ShortestKey = 16;

    private static readonly HashSet<string> _names =
    [
        "--task", "--data", "--images", "--drawings", "--urls", "--teacher", "--teacher-classes", "--student", "--size", "--epochs", "--batch", "--score", "--threads", "--max-bytes", "--max-pixels", "--max-images", "--keep",
    ];

    private readonly Arguments _arguments = new();

    /// <param name="apiKey">The environment's; command lines are there for every process to see.</param>
    /// <exception cref="OptionException">One line a fault.</exception>
    public static AppOptions Parse(string[] arguments, string? apiKey)
    {
        var parser = new OptionParser();
        var options = new AppOptions { ApiKey = string.IsNullOrEmpty(apiKey) ? null : apiKey };
        options.Help = parser._arguments.Read(arguments, _names, (name, value) => parser.Set(options, name, value));
        parser.Check(options);
        parser._arguments.RequireNoFaults();
        return options;
    }

    private void Set(AppOptions options, string name, string value)
    {
        switch (name)
        {
            case "--task": options.Task = _arguments.Choice<VisionTask>(name, value); break;
            case "--data": options.Data = value; break;
            case "--images": options.Images = value; break;
            case "--drawings": options.Drawings = _arguments.Whole(name, value, 0); break;
            case "--urls": options.Urls = value; break;
            case "--teacher": options.Teacher = value; break;
            case "--teacher-classes": options.TeacherClasses = _arguments.Attempt(name, () => Arguments.Names(value)); break;
            case "--student": options.Student = value; break;
            case "--size": options.Side = _arguments.Whole(name, value, 8); break;
            case "--epochs": options.Epochs = _arguments.Whole(name, value, 1); break;
            case "--batch": options.Batch = _arguments.Whole(name, value, 2); break;
            case "--score": options.LeastScore = _arguments.Number(name, value, share => share is >= 0 and <= 1, "from 0 to 1"); break;
            case "--threads": options.Threads = _arguments.Whole(name, value, 1); break;
            case "--max-bytes": options.MostUploadBytes = _arguments.Whole(name, value, 1); break;
            case "--max-pixels": options.MostPixels = _arguments.Whole(name, value, 1); break;
            case "--max-images": options.MostImages = _arguments.Whole(name, value, 1); break;
            case "--keep": options.KeptVersions = _arguments.Whole(name, value, 1); break;
        }
    }

    private void Check(AppOptions options)
    {
        if (options.Images is { } images && !Directory.Exists(images))
            _arguments.Add($"--images '{images}': there is no such folder.");
        if (options.Teacher is { } teacher && !File.Exists(teacher))
            _arguments.Add($"--teacher '{teacher}': there is no such file.");
        if (options is { TeacherClasses: not null, Teacher: null })
            _arguments.Add("--teacher-classes is given and --teacher is not: name the .onnx file.");
        if (options.Task == VisionTask.Detection)
            CheckDetector(options);
        else
            options.Student = _arguments.Attempt("--student", () => ImageClassifier.Parse(options.Student))?.Name ?? options.Student;
        if (options.ApiKey is { Length: < ShortestKey })
            _arguments.Add($"{ApiKeyVariable} has {options.ApiKey.Length} characters; a key needs at least {ShortestKey}.");
        foreach (var url in options.Urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            Check(url, options.ApiKey);
    }

    private void CheckDetector(AppOptions options)
    {
        const int step = 32;
        const string yolo = "yolo";
        options.Student = _arguments.Attempt("--student", () => ObjectDetector.Parse(options.Student))?.Name ?? options.Student;
        if (ObjectDetector.All.Any(known => known.Name == options.Student) && !options.Student.StartsWith(yolo, StringComparison.Ordinal))
            _arguments.Add($"--student {options.Student}: the old model teaches the new one by what only YOLOs have; expected one of {string.Join(", ", ObjectDetector.All.Select(known => known.Name).Where(name => name.StartsWith(yolo, StringComparison.Ordinal)))}.");
        if (options.Side % step != 0)
            _arguments.Add($"--size is {options.Side}; a detector's is a multiple of {step}.");
    }

    private void Check(string url, string? apiKey)
    {
        if (_arguments.Attempt("--urls", () => BindingAddress.Parse(url)) is not { } address)
            return;
        if (address.Scheme != Uri.UriSchemeHttp)
            _arguments.Add($"--urls '{url}': expected http://HOST:PORT. For HTTPS put a proxy in front of it.");
        else if (!IsLoopback(address.Host) && apiKey is null)
            _arguments.Add($"--urls '{url}' can be reached from other machines, and there is no key: set the environment variable {ApiKeyVariable}, or listen on 127.0.0.1.");
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
