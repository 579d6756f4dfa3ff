namespace Samples.RetrainingApp.Tasks;

/// <summary>What the page says and has for a task.</summary>
/// <param name="Title">Of the page.</param>
/// <param name="Figure">What held-out images are judged by.</param>
/// <param name="Markup">The file of what shows and corrects a prediction.</param>
/// <param name="Script">The file of its script.</param>
/// <param name="Modules">Files that the script imports, beside what all have.</param>
internal sealed record TaskPage(string Title, string Figure, string Markup, string Script, params IReadOnlyList<string> Modules);
