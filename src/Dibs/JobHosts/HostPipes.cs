using System.Globalization;
using System.IO.Pipes;
using Dibs.Processes;

namespace Dibs.JobHosts;

/// <summary>The two pipes by which a job host speaks to its worker, as it inherited them.</summary>
internal sealed class HostPipes
{
    /// <summary>Names the pipes, as <c>PROTOCOL:IN:OUT</c>; only the host itself sees it, not what it starts.</summary>
    public const string Variable = "DIBS_JOB_HOST";

    /// <summary>Marks all that a host starts, and what that starts, with the worker it belongs to.</summary>
    public const string Mark = "DIBS_WORKER_ID";

    private HostPipes(string input, string output)
    {
        // A program that inherited them would speak for the host, or hide its end.
        Libc.CloseOnExecute(int.Parse(input, CultureInfo.InvariantCulture));
        Libc.CloseOnExecute(int.Parse(output, CultureInfo.InvariantCulture));
        Input = new AnonymousPipeClientStream(PipeDirection.In, input);
        Output = new AnonymousPipeClientStream(PipeDirection.Out, output);
    }

    /// <summary>The pipes of this process, if it was started as a job host.</summary>
    public static HostPipes? Inherited { get; } = Take();

    public Stream Input { get; }

    public Stream Output { get; }

    public static string Name(string input, string output) => $"{Frames.Protocol}:{input}:{output}";

    private static HostPipes? Take()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } text)
            return null;
        Environment.SetEnvironmentVariable(Variable, null);
        var parts = text.Split(':');
        if (parts is not [var protocol, var input, var output] || protocol != $"{Frames.Protocol}")
        {
            throw new DibsConfigurationException("job-host",
                $"this process was started as a job host with {Variable}='{text}', which this version of Dibs does not understand; restart the worker, and do not set {Variable} yourself");
        }
        return new HostPipes(input, output);
    }
}
