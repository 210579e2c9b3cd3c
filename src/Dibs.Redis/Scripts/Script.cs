using System.Security.Cryptography;
using System.Text;

namespace Dibs.Redis.Scripts;

/// <summary>
/// A step as the server runs it. Its file names the parts that it uses in a line <c>-- uses:</c>; the text is those
/// parts in that order, then the file. The parts are in the folder of that name, and each says what it is for.
/// </summary>
internal sealed class Script
{
    private const string Uses = "-- uses: ";

    private Script(string name)
    {
        Name = name;
        var body = ReadFile(name);
        var uses = body.Split('\n').Single(line => line.StartsWith(Uses, StringComparison.Ordinal));
        Text = string.Concat([.. uses[Uses.Length..].Split(' ').Select(ReadFile), body]);
        Hash = SHA1.HashData(Encoding.UTF8.GetBytes(Text));
    }

    public static Script Open { get; } = new("open");
    public static Script Enqueue { get; } = new("enqueue");
    public static Script Register { get; } = new("register");
    public static Script Exchange { get; } = new("exchange");
    public static Script Heartbeat { get; } = new("heartbeat");
    public static Script Rescue { get; } = new("rescue");
    public static Script Report { get; } = new("report");
    public static Script Change { get; } = new("change");
    public static Script Tend { get; } = new("tend");
    public static Script Get { get; } = new("get");
    public static Script List { get; } = new("list");
    public static Script Why { get; } = new("why");
    public static Script Survey { get; } = new("survey");
    public static Script Verify { get; } = new("verify");

    /// <summary>The file, without its extension.</summary>
    public string Name { get; }

    public string Text { get; }

    /// <summary>SHA-1 of the text, by which the server knows it once it was loaded.</summary>
    public byte[] Hash { get; }

    private static string ReadFile(string name)
    {
        using var stream = typeof(Script).Assembly.GetManifestResourceStream($"{name}.lua")
            ?? throw new InvalidOperationException($"The script {name}.lua is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
