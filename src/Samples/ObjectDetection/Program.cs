using Microsoft.ML;
using Samples.Common;
using Samples.ObjectDetection;
using Samples.ObjectDetection.Data;

Console.Out.WriteLine(OptionParser.Parse(args).Help ? OptionParser.Help : DataSource.Open(new MLContext(), OptionParser.Parse(args), Console.Out.WriteLine, default).Name);
