using System.Runtime.InteropServices;

namespace Dibs.Cli.Frame;

/// <summary>
/// SIGINT and SIGTERM of this process: the first asks to stop, the second ends the process at once. Being stopped by SIGTSTP
/// is left to the system; what draws on the terminal tidies it first.
/// </summary>
internal sealed class Interrupts : IDisposable
{
    public const int Interrupt = 2;
    public const int Terminate = 15;

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _insisted = new();
    private PosixSignalRegistration[] _registrations = [];
    private int _signal;

    /// <summary>The signals of this process.</summary>
    public static Interrupts OfProcess()
    {
        var interrupts = new Interrupts();
        interrupts._registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => interrupts.Catch(context, Interrupt)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => interrupts.Catch(context, Terminate)),
        ];
        return interrupts;
    }

    /// <summary>Canceled by the first signal.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Canceled by the second signal, if <see cref="HandlesSecond"/>.</summary>
    public CancellationToken Insisted => _insisted.Token;

    /// <summary>Set by a verb that has something to end itself when the second signal comes.</summary>
    public bool HandlesSecond { get; set; }

    /// <summary>Number of the signal that came last; none: 0.</summary>
    public int Signal => _signal;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stopping.Dispose();
        _insisted.Dispose();
    }

    /// <summary>Acts as if this signal had come.</summary>
    public void Raise(int signal)
    {
        if (Interlocked.Exchange(ref _signal, signal) == 0)
            _stopping.Cancel();
        else if (HandlesSecond)
            _insisted.Cancel();
        else
            Environment.Exit(ExitCode.Signaled(signal));
    }

    private void Catch(PosixSignalContext context, int signal)
    {
        context.Cancel = true;
        Raise(signal);
    }
}
