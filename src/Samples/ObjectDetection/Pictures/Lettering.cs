namespace Samples.ObjectDetection.Pictures;

/// <summary>
/// Writes with lines alone, as displays of fourteen segments do: capitals, digits and a few signs. It needs no font, so pictures are the same everywhere.
/// </summary>
internal static class Lettering
{
    /// <summary>Pixels from the upper edge of a letter to its lower one.</summary>
    public const int Height = 9;

    private const int Width = 5, Advance = 7;

    // Ends of the segments, on 0 … 4 across and 0 … 8 down: the frame a … f, the middle g and h, then the inner strokes of the upper half (i j k) and of the lower (l m n).
    private static readonly Dictionary<char, (int X0, int Y0, int X1, int Y1)> _segments = new()
    {
        ['a'] = (0, 0, 4, 0),
        ['b'] = (4, 0, 4, 4),
        ['c'] = (4, 4, 4, 8),
        ['d'] = (0, 8, 4, 8),
        ['e'] = (0, 4, 0, 8),
        ['f'] = (0, 0, 0, 4),
        ['g'] = (0, 4, 2, 4),
        ['h'] = (2, 4, 4, 4),
        ['i'] = (0, 0, 2, 4),
        ['j'] = (2, 0, 2, 4),
        ['k'] = (4, 0, 2, 4),
        ['l'] = (2, 4, 0, 8),
        ['m'] = (2, 4, 2, 8),
        ['n'] = (2, 4, 4, 8),
    };

    private static readonly Dictionary<char, string> _letters = new()
    {
        [' '] = "",
        ['0'] = "abcdef", ['1'] = "kbc", ['2'] = "abghed", ['3'] = "abhcd", ['4'] = "fghbc", ['5'] = "afgnd", ['6'] = "afghecd", ['7'] = "akm", ['8'] = "abcdefgh", ['9'] = "abcdfgh",
        ['A'] = "abcefgh", ['B'] = "abcdjmh", ['C'] = "adef", ['D'] = "abcdjm", ['E'] = "adefgh", ['F'] = "aefgh", ['G'] = "acdefh", ['H'] = "bcefgh", ['I'] = "adjm", ['J'] = "bcde",
        ['K'] = "efgkn", ['L'] = "def", ['M'] = "bcefik", ['N'] = "bcefin", ['O'] = "abcdef", ['P'] = "abefgh", ['Q'] = "abcdefn", ['R'] = "abefghn", ['S'] = "afghcd", ['T'] = "ajm",
        ['U'] = "bcdef", ['V'] = "efkl", ['W'] = "bcefln", ['X'] = "ikln", ['Y'] = "ikm", ['Z'] = "adkl",
        ['-'] = "gh", ['_'] = "d", ['/'] = "kl", ['+'] = "ghjm", ['%'] = "klfc",
    };

    public static int WidthOf(string text) => text.Length * Advance;

    /// <summary>Writes a line of text. Letters it lacks become a box.</summary>
    /// <param name="x">Of the left edge.</param>
    /// <param name="y">Of the upper edge.</param>
    public static void Write(Raster raster, string text, int x, int y, Colour colour)
    {
        foreach (var letter in text)
        {
            if (_letters.TryGetValue(char.ToUpperInvariant(letter), out var segments))
            {
                foreach (var segment in segments.Select(name => _segments[name]))
                    raster.Line(x + segment.X0, y + segment.Y0, x + segment.X1, y + segment.Y1, colour);
            }
            else
            {
                raster.Frame(x, y, x + Width, y + Height, 1, colour);
            }
            x += Advance;
        }
    }
}
