using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Microsoft.ML.Distillation.Tests;

/// <summary>Options are never changed once they are made, nor by whoever keeps a list that they were made with.</summary>
public class OptionListsTests
{
    public static IEnumerable<object[]> Lists => typeof(DistillationOptions).Assembly.GetExportedTypes()
        .Where(type => !type.IsAbstract && type.GetMethods(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public).Any(method => method.Name == "Validate"))
        .SelectMany(type => type.GetProperties().Where(IsList).Select(property => new object[] { type.FullName!, property.Name }));

    [Theory]
    [MemberData(nameof(Lists))]
    public void AListIsCopied(string type, string property)
    {
        var owner = typeof(DistillationOptions).Assembly.GetType(type, throwOnError: true)!;
        var list = owner.GetProperty(property)!;
        var options = RuntimeHelpers.GetUninitializedObject(owner);
        var given = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(list.PropertyType.GetGenericArguments()))!;
        given.Add(Element(list.PropertyType.GetGenericArguments()[0]));

        list.SetValue(options, given);
        given.Clear();

        Assert.Single((IEnumerable)list.GetValue(options)!);
    }

    [Fact]
    public void AllThatHoldListsAreLookedAt() =>
        Assert.Superset(new HashSet<string> { "Milestones", "Weights", "ClassNames", "FeatureNames", "FeatureModules", "Stages", "Paths", "Pairs", "Anchors", "Strides", "OutputNames" }, Lists.Select(row => (string)row[1]).ToHashSet());

    [Fact]
    public void AnchorsAreCopiedLevelByLevel()
    {
        float[] level = [10, 13];
        var options = new OnnxDetectorTeacherOptions { Anchors = [level] };

        level[0] = 1;

        Assert.Equal([10, 13], options.Anchors![0]);
    }

    private static bool IsList(PropertyInfo property) =>
        property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) && property.SetMethod is { IsPublic: true };

    private static object? Element(Type type) => type == typeof(IReadOnlyList<float>) ? new List<float> { 1 } : type.IsValueType ? Activator.CreateInstance(type) : null;
}
