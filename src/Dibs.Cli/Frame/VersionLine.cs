using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Dibs.Cli.Frame;

/// <summary><c>dibs --version</c>.</summary>
internal sealed class VersionLine(Terminal terminal) : SynchronousCommandLineAction
{
    /// <summary>The version without the commit that the build appends after a '+'.</summary>
    public static string Version { get; } =
        typeof(VersionLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public override int Invoke(ParseResult parseResult)
    {
        terminal.Out.WriteLine($"dibs {Version}");
        return ExitCode.Done;
    }
}
