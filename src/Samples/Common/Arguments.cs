using System.Globalization;

namespace Samples.Common;

/// <summary>Takes a command line apart, and gathers everything that is wrong with it.</summary>
internal sealed class Arguments
{
    private readonly List<string> _faults = [];

    /// <summary>Hands every option with its value on: <c>--name value</c> or <c>--name=value</c>.</summary>
    /// <param name="names">The options there are, but for help.</param>
    /// <param name="set">Takes an option's name and value; of a switch the value is empty.</param>
    /// <param name="switches">Options that are there or not, and have no value.</param>
    /// <returns>Whether help was asked for.</returns>
    public bool Read(string[] arguments, IReadOnlySet<string> names, Action<string, string> set, params string[] switches)
    {
        var help = false;
        for (var i = 0; i < arguments.Length; i++)
        {
            var (name, value) = Split(arguments[i]);
            if (name is "--help" or "-h" or "-?")
            {
                help = true;
                continue;
            }
            if (value is null && switches.Contains(name))
            {
                set(name, "");
                continue;
            }
            if (!names.Contains(name))
            {
                Add($"'{name}' is not an option of this sample.");
                continue;
            }
            if (value is null && i + 1 < arguments.Length && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal))
                value = arguments[++i];
            if (string.IsNullOrEmpty(value))
                Add($"{name} needs a value.");
            else
                set(name, value);
        }
        return help;
    }

    public void Add(string fault) => _faults.Add(fault);

    /// <exception cref="OptionException">There are faults: one line each.</exception>
    public void RequireNoFaults()
    {
        if (_faults.Count > 0)
            throw new OptionException(string.Join(Environment.NewLine, _faults) + Environment.NewLine + "  --help lists the options.");
    }

    /// <summary>What a value is read as; null, and a fault, where it can't be.</summary>
    public T? Attempt<T>(string name, Func<T> read) where T : class
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is ArgumentException or FormatException or IOException or UnauthorizedAccessException)
        {
            Add($"{name}: {OptionException.Plain(e)}");
            return null;
        }
    }

    public int Whole(string name, string value, int least)
    {
        if (int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least)
            return number;
        Add($"{name} is '{value}'; expected a whole number from {least}.");
        return least;
    }

    public T Choice<T>(string name, string value) where T : struct, Enum
    {
        if (Enum.TryParse<T>(value, ignoreCase: true, out var choice) && Enum.IsDefined(choice) && !char.IsAsciiDigit(value[0]))
            return choice;
        Add($"{name} is '{value}'; expected one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}.");
        return default;
    }

    public double Number(string name, string value, Predicate<double> allowed, string range)
    {
        if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && allowed(number))
            return number;
        Add($"{name} is '{value}'; expected a number {range}.");
        return 1;
    }

    /// <summary>A list of names: given with commas between them, or as a file with one a line.</summary>
    public static IReadOnlyList<string> Names(string value)
        => File.Exists(value)
            ? [.. File.ReadLines(value).Select(line => line.Trim()).Where(line => line.Length > 0)]
            : value.Split(',', StringSplitOptions.TrimEntries);

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.StartsWith("--", StringComparison.Ordinal) ? argument.IndexOf('=', StringComparison.Ordinal) : -1;
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }
}
