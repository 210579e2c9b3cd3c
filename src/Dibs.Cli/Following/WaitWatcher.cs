using System.Text.Json;
using Dibs.Cli.Output;
using Dibs.Stores;

namespace Dibs.Cli.Following;

/// <summary>Knows why a job that is followed does not run yet. It asks about once a second, and not at all for a job that starts sooner.</summary>
/// <param name="store">The store, opened.</param>
/// <param name="time">Measures how long ago it asked.</param>
/// <param name="tell">Called when the causes are others than before.</param>
internal sealed class WaitWatcher(IJobStore store, TimeProvider time, Action<WhyRecord>? tell = null)
{
    // A little under a second, so that a follower that looks each second asks at each look.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(900);

    private long _asked = time.GetTimestamp();
    private string? _summary;
    private string? _told;

    /// <summary>One line for a person, as of the last time it asked; null while the job does not wait.</summary>
    public async ValueTask<string?> LookAsync(JobRecord job, CancellationToken cancellationToken)
    {
        if (!Waits(job.State))
            return _summary = _told = null;
        if (time.GetElapsedTime(_asked) < Pause)
            return _summary;
        _asked = time.GetTimestamp();
        if (await store.WhyAsync(job.Id, cancellationToken) is not { } why || !Waits(why.State))
            return _summary;
        _summary = Printable.Line(why.Summary);
        // A sentence may say how long ago something was, and be another one each second.
        var causes = JsonSerializer.Serialize(why with { Summary = "" }, CliJson.Shared.WhyRecord);
        if (causes != _told)
            tell?.Invoke(why);
        _told = causes;
        return _summary;
    }

    private static bool Waits(JobState state) => state is JobState.Scheduled or JobState.Blocked or JobState.Ready;
}
