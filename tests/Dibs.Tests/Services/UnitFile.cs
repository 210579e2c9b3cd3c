using Dibs.Tests.Support;

namespace Dibs.Tests.Services;

/// <summary>The unit that is delivered, as systemd reads it.</summary>
internal sealed class UnitFile
{
    private readonly ILookup<string, string> _values;

    private UnitFile(string text)
    {
        Text = text;
        _values = text.Split('\n').Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#'))
            .Select(line => line.Split('=', 2)).ToLookup(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
    }

    public static string Path { get; } = System.IO.Path.Combine(Checkout.Root, "deploy/systemd/dibs-worker@.service");

    public string Text { get; }

    /// <summary>The one value of a key; empty if it is not there.</summary>
    public string this[string key] => _values[key].SingleOrDefault() ?? "";

    public TimeSpan Seconds(string key) => TimeSpan.FromSeconds(int.Parse(this[key], System.Globalization.CultureInfo.InvariantCulture));

    public static UnitFile Read() => new(File.ReadAllText(Path));

    /// <summary>The words after the program in <c>ExecStart</c>, as systemd expands them for an instance.</summary>
    public string[] WordsFor(string instance, string options) =>
    [
        .. this["ExecStart"].Split(' ').Skip(1)
            .SelectMany(word => word == "$DIBS_OPTIONS" ? options.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [word])
            .Select(word => word.Trim('\'').Replace("%i", instance, StringComparison.Ordinal).Replace("%%", "%", StringComparison.Ordinal)),
    ];
}
