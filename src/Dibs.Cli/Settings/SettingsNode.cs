using Dibs.Cli.Input;

namespace Dibs.Cli.Settings;

/// <summary>What stands under a key of a settings file.</summary>
/// <param name="Line">Where, from 1.</param>
/// <param name="Key">The key with those above it, such as <c>redis.port</c>.</param>
internal abstract record SettingsNode(int Line, string Key)
{
    /// <summary>The text of a key that takes no list and no section; null if it is written as null.</summary>
    public string? AsText() => this switch
    {
        SettingsText text => text.Value,
        SettingsSection { IsEmpty: true } => throw Refused("has no value; write one, or take the key out"),
        SettingsList => throw Refused("is a list; write one value"),
        _ => throw Refused("is a section; write one value"),
    };

    /// <summary>One text or several, each with its line; none if it is written as null.</summary>
    public IReadOnlyList<SettingsText> AsTexts() => this switch
    {
        SettingsList list => list.Items,
        SettingsText { Value: null } => [],
        SettingsText text => [text],
        _ => throw Refused(this is SettingsSection { IsEmpty: true } ? "has no value; write one, or take the key out" : "is a section; write one value or a list"),
    };

    public SettingsSection AsSection() => this switch
    {
        SettingsSection section => section,
        SettingsText { Value: null } => SettingsSection.Empty(Line, Key),
        _ => throw Refused("is no section; write keys with their values below it"),
    };

    public bool AsFlag() => AsText() switch
    {
        "true" => true,
        null or "false" => false,
        var other => throw Refused($"is '{other}'; write true or false"),
    };

    /// <summary>Reads the value in a way that the command line has too, and adds the line to its complaint.</summary>
    public T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception failure) when (failure is UsageException or JobRefusedException or DibsConfigurationException)
        {
            throw new SettingsException(Line, failure.Message, failure);
        }
    }

    public SettingsException Refused(string what) => new(Line, $"'{Key}' {what}");
}

/// <summary>One value.</summary>
internal sealed record SettingsText(int Line, string Key, string? Value) : SettingsNode(Line, Key);

internal sealed record SettingsList(int Line, string Key, IReadOnlyList<SettingsText> Items) : SettingsNode(Line, Key);

/// <summary>Keys and what stands under them. A key with nothing after it is an empty section: all below it may be commented out.</summary>
internal sealed record SettingsSection(int Line, string Key, IReadOnlyDictionary<string, SettingsNode> Entries) : SettingsNode(Line, Key)
{
    public bool IsEmpty => Entries.Count == 0;

    public static SettingsSection Empty(int line, string key) => new(line, key, new Dictionary<string, SettingsNode>());

    public SettingsNode? this[string key] => Entries.GetValueOrDefault(key);

    /// <summary>Refuses every key but these.</summary>
    public void AllowOnly(IReadOnlyCollection<string> known)
    {
        foreach (var (key, node) in Entries)
        {
            if (!known.Contains(key))
                throw new SettingsException(node.Line, $"unknown key '{node.Key}'{OptionText.Meant(key, known)}; the keys {(Key.Length == 0 ? "of the file" : $"of '{Key}'")} are {string.Join(", ", known)}");
        }
    }
}
