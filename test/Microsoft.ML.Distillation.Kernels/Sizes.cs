namespace Kernels;

/// <summary>How much of everything kernels are given.</summary>
internal static class Sizes
{
    private const int Share = 8;

    /// <summary>Whether it is only to be seen that they run.</summary>
    public static bool Small { get; set; }

    public static int Of(int usual) => Small ? usual / Share : usual;
}
