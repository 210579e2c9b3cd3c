using System.Text.Json;

namespace Dibs.Cli.Input;

/// <summary>The ARGs of a method on the command line: JSON if it parses, else text; <c>name=ARG</c> goes to the parameter of that name.</summary>
/// <param name="Args">By position.</param>
/// <param name="Named">By parameter name.</param>
internal sealed record CallText(IReadOnlyList<JsonElement> Args, IReadOnlyDictionary<string, JsonElement> Named)
{
    public static CallText Parse(IEnumerable<string> texts)
    {
        var args = new List<JsonElement>();
        var named = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (!IsIdentifier(text.AsSpan(0, Math.Max(equals, 0))))
                args.Add(Value(text));
            else if (!named.TryAdd(text[..equals], Value(text[(equals + 1)..])))
                throw new UsageException($"the parameter '{text[..equals]}' is given twice; give it once");
        }
        return new CallText(args, named);
    }

    private static bool IsIdentifier(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || !(char.IsLetter(text[0]) || text[0] == '_'))
            return false;
        foreach (var letter in text)
        {
            if (!char.IsLetterOrDigit(letter) && letter != '_')
                return false;
        }
        return true;
    }

    private static JsonElement Value(string text)
    {
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(text));
        try
        {
            if (JsonElement.TryParseValue(ref reader, out var value) && !reader.Read())
                return value.Value;
        }
        catch (JsonException)
        {
            // What does not parse is text: that is the grammar.
        }
        return JsonSerializer.SerializeToElement(text, Output.CliJson.Default.String);
    }
}
