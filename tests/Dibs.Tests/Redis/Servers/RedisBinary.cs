using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Dibs.Tests.Redis.Servers;

/// <summary>The program that the servers of the tests are started from.</summary>
public sealed partial class RedisBinary
{
    /// <summary>Names the program of another version or flavour; without it, <c>redis-server</c> of the system is taken.</summary>
    public const string Variable = "DIBS_TEST_REDIS";

    private static readonly Lazy<RedisBinary> TheOne = new(Find);

    private RedisBinary(string path, Version version) => (Path, Version) = (path, version);

    /// <exception cref="InvalidOperationException">There is none; the test that asks for it fails and is not skipped.</exception>
    public static RedisBinary Installed => TheOne.Value;

    public string Path { get; }

    public Version Version { get; }

    private static RedisBinary Find()
    {
        var path = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : "redis-server";
        try
        {
            using var process = Process.Start(new ProcessStartInfo(path, ["--version"]) { RedirectStandardOutput = true })!;
            var text = process.StandardOutput.ReadToEnd();
            return VersionText().Match(text) is { Success: true } match
                ? new RedisBinary(path, Version.Parse(match.Groups[1].ValueSpan))
                : throw new InvalidOperationException($"'{path} --version' says no version but: {text}");
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new InvalidOperationException(
                $"This test needs a Redis server, and '{path}' does not start: {exception.Message}. Install the package redis-server, or name a server program in {Variable}.",
                exception);
        }
    }

    [GeneratedRegex(@"\bv=(\d+\.\d+\.\d+)")]
    private static partial Regex VersionText();
}
