using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Dibs.Cli.Settings;

/// <summary>
/// Reads YAML, of which JSON is a part, into nodes that know their lines. Only what a settings file needs: anchors and tags would turn
/// a password that begins with '&amp;' or '!' into nothing, and an alias would repeat what somebody wrote elsewhere.
/// </summary>
internal sealed class SettingsReader
{
    // A section, a section in it, a list in that; more has no meaning in any settings file.
    private const int Deepest = 3;

    private readonly Parser _events;

    private SettingsReader(string text) => _events = new Parser(new StringReader(text));

    /// <exception cref="SettingsException">It is malformed.</exception>
    public static SettingsSection Read(string text)
    {
        try
        {
            return new SettingsReader(text).ReadDocument();
        }
        catch (YamlException failure)
        {
            throw new SettingsException((int)failure.Start.Line, $"is neither YAML nor JSON: {Sentence(failure.Message)}; mend it there or on the line before, and quote text with special characters", failure);
        }
    }

    private SettingsSection ReadDocument()
    {
        _events.Consume<StreamStart>();
        if (_events.Accept<StreamEnd>(out _))
            return SettingsSection.Empty(1, "");
        _events.Consume<DocumentStart>();
        var node = ReadNode("", (int)_events.Current!.Start.Line, Deepest);
        _events.Consume<DocumentEnd>();
        if (_events.Accept<DocumentStart>(out var second))
            throw new SettingsException((int)second.Start.Line, "a second document begins; write all settings into one");
        return node is SettingsText { Value: null } ? SettingsSection.Empty(1, "")
            : node as SettingsSection ?? throw new SettingsException(node.Line, "there are no keys; write them like 'store: sqlite:/srv/dibs/jobs.db'");
    }

    private SettingsNode ReadNode(string key, int line, int depth)
    {
        if (depth < 0)
            throw new SettingsException(line, $"'{key}' goes too deep; see the keys in docs/cli.md");
        if (_events.Accept<AnchorAlias>(out _))
            throw new SettingsException(line, $"'{key}' is an alias, which a settings file does not take; quote a text that begins with '*'");
        if (_events.Accept<NodeEvent>(out var node) && (!node.Anchor.IsEmpty || !node.Tag.IsEmpty))
            throw new SettingsException(line, $"'{key}' has an anchor or a tag, which a settings file does not take; quote a text that begins with '&' or '!'");
        if (_events.TryConsume<Scalar>(out var scalar))
            return ReadScalar(key, line, scalar);
        return _events.TryConsume<SequenceStart>(out _) ? ReadList(key, line, depth) : ReadSection(key, line, depth);
    }

    private static SettingsNode ReadScalar(string key, int line, Scalar scalar) => scalar switch
    {
        { Style: ScalarStyle.Plain, Value: "" } => SettingsSection.Empty(line, key),
        { Style: ScalarStyle.Plain, Value: "null" or "~" } => new SettingsText(line, key, Value: null),
        _ => new SettingsText(line, key, scalar.Value),
    };

    private SettingsList ReadList(string key, int line, int depth)
    {
        var items = new List<SettingsText>();
        while (!_events.TryConsume<SequenceEnd>(out _))
        {
            var at = (int)_events.Current!.Start.Line;
            items.Add(ReadNode(key, at, depth - 1) is SettingsText { Value: not null } item ? item : throw new SettingsException(at, $"'{key}' has an item that is no single value; write each as one text"));
        }
        return new SettingsList(line, key, items);
    }

    private SettingsSection ReadSection(string parent, int line, int depth)
    {
        _events.Consume<MappingStart>();
        var entries = new Dictionary<string, SettingsNode>(StringComparer.Ordinal);
        while (!_events.TryConsume<MappingEnd>(out _))
        {
            var at = (int)_events.Current!.Start.Line;
            if (!_events.TryConsume<Scalar>(out var name))
                throw new SettingsException(at, $"a key {(parent.Length == 0 ? "" : $"of '{parent}' ")}is no text; write it like 'store: …'");
            var key = parent.Length == 0 ? name.Value : $"{parent}.{name.Value}";
            var node = ReadNode(key, at, depth - 1);
            if (!entries.TryAdd(name.Value, node))
                throw new SettingsException(at, $"'{key}' is already given in line {entries[name.Value].Line}; give it once");
        }
        return new SettingsSection(line, parent, entries);
    }

    private static string Sentence(string text) => $"{char.ToLowerInvariant(text[0])}{text.AsSpan(1).TrimEnd('.')}";
}
