using Dibs;
using Dibs.Stores;
using Spectre.Console;

namespace FileRepository.Demo;

/// <summary>Shows the jobs while they run: a screen that is drawn in place, or plain lines where that is not possible.</summary>
internal sealed class LiveScreen(IAnsiConsole console, IJobClient jobs, TimeProvider time)
{
    private static readonly TimeSpan _frame = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns when all jobs are final, with all that is known of them, in the order given.</summary>
    public Task<IReadOnlyList<JobRecord>> FollowAsync(IReadOnlyList<Job> followed, CancellationToken cancellationToken) =>
        console.Profile.Capabilities.Ansi
            ? console.Live(Text.Empty).StartAsync(live => WatchAsync(followed, records => Draw(live, records), cancellationToken))
            : WatchAsync(followed, new PlainLines(console).Write, cancellationToken);

    private void Draw(LiveDisplayContext live, IReadOnlyList<JobRecord> records)
    {
        // Below this nothing can be read anyway.
        var board = new Board(Math.Max(40, console.Profile.Width), Math.Max(10, console.Profile.Height));
        live.UpdateTarget(new Markup(string.Join('\n', board.Draw(records, time.GetUtcNow()))));
    }

    private async Task<IReadOnlyList<JobRecord>> WatchAsync(
        IReadOnlyList<Job> followed, Action<IReadOnlyList<JobRecord>> show, CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await jobs.ListAsync(new JobQuery { Limit = followed.Count, Parts = JobParts.Details }, cancellationToken);
            var byId = page.Items.ToDictionary(record => record.Id);
            JobRecord[] records = [.. followed.Select(job => byId[job.Id])];
            show(records);
            if (records.All(record => record.State.IsFinal()))
                return records;
            await Task.Delay(_frame, time, cancellationToken);
        }
    }

    /// <summary>A line per change.</summary>
    private sealed class PlainLines(IAnsiConsole console)
    {
        private readonly Dictionary<string, JobState> _seen = [];

        public void Write(IReadOnlyList<JobRecord> records)
        {
            var origin = records.Min(record => record.CreatedAt);
            foreach (var job in records.Where(job => job.State.IsRunning() || job.State.IsFinal()))
            {
                if (_seen.TryGetValue(job.Id, out var state) && state == job.State)
                    continue;
                _seen[job.Id] = job.State;
                var at = Screen.Seconds((job.FinishedAt ?? job.StartedAt ?? origin) - origin).PadLeft(7);
                // Not wrapped: who reads a pipe wants a line per change.
                console.Profile.Out.Writer.WriteLine($"{at}  {job.Id,-24} {(job.State.IsFinal() ? $"{job.State.ToText()}: {Outcome.Of(job)}" : "runs")}");
            }
        }
    }
}
