using Microsoft.ML.Distillation.Teachers;

namespace Microsoft.ML.Distillation.Tests.Teachers;

public class AssignmentTests
{
    [Theory]
    [InlineData(1, 5, 10)]
    [InlineData(2, 3, 50)]
    [InlineData(5, 10, 200)] // small gains: many ties
    [InlineData(5, 1_000_000, 200)]
    [InlineData(6, 100, 20)]
    public void TheTotalGainIsTheBestOfAllPermutations(int size, int range, int cases)
    {
        var random = new Random(1);
        for (var k = 0; k < cases; k++)
        {
            var gain = new long[size, size];
            for (var i = 0; i < size * size; i++)
                gain[i / size, i % size] = random.Next(-range / 2, range);

            var best = Assignment.Best(gain);

            Assert.Equal(Enumerable.Range(0, size), best.Order());
            Assert.Equal(Permutations(size).Max(p => Total(gain, p)), Total(gain, best));
        }
    }

    [Fact]
    public void APermutationIsFound()
    {
        var gain = new long[,] { { 0, 9, 1 }, { 2, 0, 8 }, { 7, 3, 0 } };

        Assert.Equal([1, 2, 0], Assignment.Best(gain));
    }

    [Fact]
    public void AThousandClassesAreNoTrouble()
    {
        const int Size = 1000;
        var order = Enumerable.Range(0, Size).Reverse().ToArray();
        var gain = new long[Size, Size];
        for (var i = 0; i < Size; i++)
            gain[i, order[i]] = 1;

        Assert.Equal(order, Assignment.Best(gain));
    }

    private static long Total(long[,] gain, int[] columns) => columns.Select((column, row) => gain[row, column]).Sum();

    private static IEnumerable<int[]> Permutations(int size) => size == 0
        ? [[]]
        : Permutations(size - 1).SelectMany(p => Enumerable.Range(0, size).Select(place => (int[])[.. p[..place], size - 1, .. p[place..]]));
}
