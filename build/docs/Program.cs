using Microsoft.ML.Distillation.Docs;

if (args is not [var folder])
{
    Console.Error.WriteLine("Usage: Microsoft.ML.Distillation.Docs FOLDER     (writes a page a method into it, and a list of them)");
    return 2;
}
Directory.CreateDirectory(folder);
var pages = MethodPages.Write();
foreach (var stale in Directory.EnumerateFiles(folder, "*.md").Where(f => !pages.ContainsKey(Path.GetFileName(f))))
    File.Delete(stale);
foreach (var (name, text) in pages)
    File.WriteAllText(Path.Combine(folder, name), text);
Console.WriteLine($"{pages.Count} pages in {folder}");
return 0;
