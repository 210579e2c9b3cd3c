using System.Diagnostics;

namespace Dibs.JobHosts;

/// <summary>What starts a job host.</summary>
internal sealed record HostCommand(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>This program once more, with the arguments it was given: it takes over before it does anything else (<see cref="JobHostProgram.TakeOverAsync"/>).</summary>
    public static HostCommand ThisProgram()
    {
        var program = Environment.ProcessPath ?? throw new DibsConfigurationException("job-host", "the path of this program is not known, so job hosts cannot be started; use isolation 'none'");
        var words = Environment.GetCommandLineArgs();
        // As 'dotnet app.dll' the program is dotnet, and the first word is the file that it runs.
        var isMuxer = string.Equals(Path.GetFileNameWithoutExtension(program), "dotnet", StringComparison.OrdinalIgnoreCase);
        return new HostCommand(program, isMuxer ? words : words[1..]);
    }

    public ProcessStartInfo StartInfo(string pipes, string mark) => new(Program, Arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment =
        {
            [HostPipes.Variable] = pipes,
            [HostPipes.Mark] = mark,
        },
    };
}
