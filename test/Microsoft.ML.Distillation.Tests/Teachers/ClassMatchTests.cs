using Microsoft.ML.Distillation.Teachers;

namespace Microsoft.ML.Distillation.Tests.Teachers;

public class ClassMatchTests
{
    private static readonly string[] Labels = ["cat", "dog", "owl"];

    [Fact]
    public void ClassesAreMatchedByName() => Assert.Equal([2, 0, 1], Find(["dog", "owl", "cat"], 3)!);

    [Fact]
    public void ATeacherMayKnowMore() => Assert.Equal([3, 1, 0], Find(["owl", "dog", "elk", "cat"], 4)!);

    [Fact]
    public void EqualOrdersNeedNoMatch()
    {
        Assert.Null(Find(Labels, 3));
        Assert.Null(Find(null, 3));
        Assert.Equal([0, 1, 2], Find([.. Labels, "elk"], 4)!);
    }

    [Fact]
    public void WithoutNamesTheCountsMustAgree() => AssertFault(
        null, 5, "T scores 5 classes, the labels have 3 ('cat', 'dog', 'owl'). Give a teacher of these classes, or its class names (classNames) if the labels' classes are among them.");

    [Fact]
    public void EveryOutputNeedsAName() => AssertFault(
        ["cat", "dog"], 3, "T scores 3 classes, but 2 class names were given for it. Give one name for each output, in the order of the outputs.");

    [Fact]
    public void MissingClassesAreNamed() => AssertFault(
        ["Cat", "dog", "elk"], 3,
        "T has no class named 'cat', 'owl', which the labels have; its classes are 'Cat', 'dog', 'elk'. Names must be equal, letter by letter: rename the teacher's class names or the labels.");

    [Fact]
    public void LongListsAreCutShort() => AssertFault(
        [.. Enumerable.Range(0, 10).Select(i => $"{i}")], 10,
        "T has no class named 'cat', 'dog', 'owl', which the labels have; its classes are '0', '1', '2', '3', '4', '5', '6', '7', … (10 in all). "
        + "Names must be equal, letter by letter: rename the teacher's class names or the labels.");

    [Fact]
    public void NamesThatOccurTwiceAreRefused() => AssertFault(["dog", "cat", "owl", "dog"], 4, "T has 2 classes named 'dog'; class names must differ.");

    [Fact]
    public void NamesNobodyAsksForMayOccurTwice() => Assert.Equal([1, 0, 4], Find(["dog", "cat", "elk", "elk", "owl"], 5)!);

    private static int[]? Find(string[]? names, int outputs) => ClassMatch.Find("T", names, outputs, Labels);

    private static void AssertFault(string[]? names, int outputs, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => Find(names, outputs)).Message);
}
