using Dibs.Cli.Frame;
using Dibs.Cli.Output;

namespace Dibs.Cli.Following;

/// <summary>Log lines of a job.</summary>
internal static class LogOutput
{
    public static void Write(Invocation run, IEnumerable<LogLine> lines)
    {
        foreach (var line in lines)
        {
            if (run.Json)
                JsonOutput.Write(run.Terminal.Out, line, CliJson.Shared.LogLine);
            else
                run.Terminal.Out.WriteLine(run.Verbose ? $"{line.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}  {Printable.Line(line.Text)}" : Printable.Line(line.Text));
        }
        run.Terminal.Out.Flush();
    }
}
