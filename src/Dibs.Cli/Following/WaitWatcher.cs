using Dibs.Cli.Output;
using Dibs.Stores;

namespace Dibs.Cli.Following;

/// <summary>Knows why a job that is followed does not run yet. It asks about once a second, and not at all for a job that starts sooner.</summary>
/// <param name="store">The store, opened.</param>
/// <param name="time">Measures how long ago it asked.</param>
/// <param name="tell">Called when the answer is another one than before.</param>
internal sealed class WaitWatcher(IJobStore store, TimeProvider time, Action<WhyRecord>? tell = null)
{
    // A little under a second, so that a follower that looks each second asks at each look.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(900);

    private long _asked = time.GetTimestamp();
    private string? _summary;

    /// <summary>One line for a person, as of the last time it asked; null while the job does not wait.</summary>
    public async ValueTask<string?> LookAsync(JobRecord job, CancellationToken cancellationToken)
    {
        if (!Waits(job.State))
            return _summary = null;
        if (time.GetElapsedTime(_asked) < Pause)
            return _summary;
        _asked = time.GetTimestamp();
        if (await store.WhyAsync(job.Id, cancellationToken) is { } why && Waits(why.State) && Printable.Line(why.Summary) is var summary && summary != _summary)
        {
            _summary = summary;
            tell?.Invoke(why);
        }
        return _summary;
    }

    private static bool Waits(JobState state) => state is JobState.Scheduled or JobState.Blocked or JobState.Ready;
}
