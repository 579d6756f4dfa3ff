namespace Microsoft.ML.Distillation.Tests.Evaluation;

public class FeatureDiagnosticsTests
{
    private static readonly float[][] Student = [[1, 0], [3, 0], [0, 2], [-1, 1]];
    private static readonly int[] Labels = [7, 7, -2, 4];

    [Fact]
    public void BothMeasuresAreMeansOfCosines()
    {
        float[][] teacher = [[2, 0], [0, 5], [0, -1], [-1, 0]];

        var diagnostics = FeatureDiagnostics.Measure(Student, teacher, Labels);

        // Images: 1, 0, −1 and cos 45°. Class means: (2, 0), (0, 2), (−1, 1), with cosines 0, −cos 45° and cos 45°.
        Assert.Equal(Math.Sqrt(.5) / 4, diagnostics.DirectionAlignment, 1e-15);
        Assert.Equal(0, diagnostics.BetweenClassCosine, 1e-15);
    }

    [Fact]
    public void ClassesInOneDirectionAreAtOneAndOppositeOnesAtMinusOne()
    {
        Assert.Equal(new FeatureDiagnostics(1, 1), FeatureDiagnostics.Measure([[1, 0], [2, 0]], [[5, 0], [1, 0]], [0, 1]));
        Assert.Equal(new FeatureDiagnostics(-1, -1), FeatureDiagnostics.Measure([[1, 0], [-2, 0]], [[-5, 0], [1, 0]], [0, 1]));
    }

    [Fact]
    public void TheMeanOfAClassIsOfItsFeaturesAsTheyAre()
    {
        // (4, 0) outweighs (0, 1) in their mean.
        var diagnostics = FeatureDiagnostics.Measure([[4, 0], [0, 1], [1, 0]], [[1, 0], [0, 1], [1, 0]], [0, 0, 1]);

        Assert.Equal(4 / Math.Sqrt(17), diagnostics.BetweenClassCosine, 1e-15);
        Assert.Equal(1, diagnostics.DirectionAlignment);
    }

    [Fact]
    public void AFeatureOfZerosCountsAsZero() =>
        Assert.Equal(new FeatureDiagnostics(.5, 0), FeatureDiagnostics.Measure([[1, 0], [0, 0]], [[1, 0], [1, 0]], [0, 1]));

    [Fact]
    public void WhatDoesNotFitTogetherIsAnError()
    {
        Assert.Equal(
            "There are 4 features of the student, 1 of the teacher and 4 labels; give one of each an image. (Parameter 'teacher')",
            Assert.Throws<ArgumentException>(() => FeatureDiagnostics.Measure(Student, [[1, 0]], Labels)).Message);
        Assert.Equal(
            "There are features of 2 and of 3 values; all must have the teacher's length (project the student's). (Parameter 'student')",
            Assert.Throws<ArgumentException>(() => FeatureDiagnostics.Measure(Student, [[1, 0], [1, 0], [1, 0], [1, 0, 0]], Labels)).Message);
        Assert.Equal(
            "The labels have 1 classes; 2 or more are needed to compare classes. (Parameter 'labels')",
            Assert.Throws<ArgumentException>(() => FeatureDiagnostics.Measure(Student, Student, new int[4])).Message);
    }
}
