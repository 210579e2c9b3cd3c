using Dibs.Stores;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task The_latest_report_of_each_phase_is_kept_in_the_order_in_which_the_phases_began()
    {
        var claim = await ClaimOneAsync();
        await Store.ReportAsync([Report(claim, progress: [Phase("download", 1), Phase("verify", 0)])], Token);
        var later = Phase("download", 7) with { Suffix = "x.iso" };
        await Store.ReportAsync([Report(claim, progress: [Phase("publish", 0)]), Report(claim, progress: [later])], Token);

        Assert.Equal(
            [later, Phase("verify", 0), Phase("publish", 0)],
            (await RecordAsync("a")).Progress!);
    }

    [Fact]
    public async Task A_repeated_report_changes_nothing()
    {
        var claim = await ClaimOneAsync();
        var report = Report(claim, progress: [Phase("p", 3)], created: ["version:1", "version:2"], lines: ["one", "two"]);

        await Store.ReportAsync([report], Token);
        await Store.ReportAsync([report, report], Token);

        var job = await StoredAsync("a");
        Assert.Equal([Phase("p", 3)], job.Record.Progress!);
        Assert.Equal(["version:1", "version:2"], job.Record.Created!);
        Assert.Equal(["one", "two"], job.Lines.Select(line => line.Text));
    }

    [Fact]
    public async Task Lines_of_reports_that_overlap_are_stored_once()
    {
        var claim = await ClaimOneAsync();
        await Store.ReportAsync([Report(claim, lines: ["0", "1", "2"])], Token);
        await Store.ReportAsync([Report(claim, firstLine: 1, lines: ["1", "2", "3"])], Token);
        await Store.ReportAsync([Report(claim, firstLine: 4, lines: ["4"])], Token);

        Assert.Equal(["0", "1", "2", "3", "4"], (await StoredAsync("a")).Lines.Select(line => line.Text));
    }

    [Fact]
    public async Task Lines_that_are_not_worth_keeping_any_more_are_forgotten()
    {
        var claim = await ClaimOneAsync();
        await Store.ReportAsync([Report(claim, lines: ["0", "1", "2"])], Token);
        await Store.ReportAsync([Report(claim, firstLine: 3, lines: ["3"]) with { FirstKeptLine = 2 }], Token);
        Assert.Equal(["2", "3"], (await StoredAsync("a")).Lines.Select(line => line.Text));

        var flood = Report(claim, firstLine: 9, lines: ["9"]) with { FirstKeptLine = 9 };
        await Store.ReportAsync([flood, flood], Token);
        Assert.Equal(["9"], (await StoredAsync("a")).Lines.Select(line => line.Text));
    }

    [Fact]
    public async Task A_report_of_an_attempt_that_does_not_run_any_more_is_dropped()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync();
        var claim = await worker.ClaimAsync();
        var other = claim with { Key = claim.Key with { Fence = claim.Key.Fence + 1 } };
        await Store.ReportAsync([Report(other, progress: [Phase("p", 1)], created: ["x"], lines: ["lost"])], Token);
        await CancelAsync("a");
        await Store.ReportAsync([Report(claim, lines: ["still running"])], Token);
        await worker.CompleteAsync(claim);
        await Store.ReportAsync([Report(claim, progress: [Phase("late", 1)], firstLine: 1, lines: ["late"])], Token);

        var job = await StoredAsync("a");
        Assert.Equal(["still running"], job.Lines.Select(line => line.Text));
        Assert.True(job.Record.Progress is null or []);
        Assert.True(job.Record.Created is null or []);
    }

    [Fact]
    public async Task The_lines_shown_are_those_of_the_last_attempt()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync();
        var first = await worker.ClaimAsync();
        await Store.ReportAsync([Report(first, lines: ["first 0", "first 1"])], Token);
        await worker.SettleAsync(SettleOutcome.Returned, first);
        var second = await worker.ClaimAsync();
        Assert.Empty((await StoredAsync("a")).Lines);

        await Store.ReportAsync([Report(second, lines: ["second 0"])], Token);

        Assert.Equal(["second 0"], (await StoredAsync("a")).Lines.Select(line => line.Text));
    }

    [Fact]
    public async Task Of_too_many_lines_the_oldest_go_first()
    {
        var claim = await ClaimOneAsync();
        const int Batch = 500;
        for (var first = 0; first < Limits.LogLines + Batch; first += Batch)
        {
            var lines = Enumerable.Range(first, Batch).Select(n => $"{n}");
            await Store.ReportAsync([Report(claim, firstLine: first, lines: [.. lines])], Token);
        }

        var kept = (await StoredAsync("a")).Lines;
        Assert.Equal((Limits.LogLines, $"{Batch}", $"{Limits.LogLines + Batch - 1}"), (kept.Count, kept[0].Text, kept[^1].Text));
    }

    [Fact]
    public async Task Progress_and_created_are_kept_up_to_their_limits()
    {
        var claim = await ClaimOneAsync();
        foreach (var part in Enumerable.Range(0, Limits.CreatedResources + 50).Select(n => $"made:{n}").Chunk(150))
            await Store.ReportAsync([Report(claim, created: part)], Token);
        var phases = Enumerable.Range(0, Limits.ProgressReports + 50).Select(n => Phase($"p{n}", n));
        await Store.ReportAsync([Report(claim, progress: [.. phases])], Token);

        var job = await RecordAsync("a");
        Assert.Equal((Limits.CreatedResources, Limits.ProgressReports), (job.Created!.Count, job.Progress!.Count));
    }

    [Fact]
    public async Task A_log_line_keeps_its_time_and_text()
    {
        var claim = await ClaimOneAsync();
        var line = new LogLine(Start.AddMilliseconds(1234), "Überprüft: 100 % \t'ok'");
        await Store.ReportAsync([Report(claim) with { Lines = [line] }], Token);

        Assert.Equal([line], (await StoredAsync("a")).Lines);
    }

    private async Task<Claim> ClaimOneAsync()
    {
        await EnqueueAsync(Job("a"));
        return await (await WorkerAsync()).ClaimAsync();
    }

    private static JobReport Report(
        Claim claim, ProgressRecord[]? progress = null, string[]? created = null, long firstLine = 0, params string[] lines) => new()
        {
            Key = claim.Key,
            Progress = progress ?? [],
            Created = created ?? [],
            FirstLine = firstLine,
            Lines = [.. lines.Select(text => new LogLine(Start, text))],
        };

    private static ProgressRecord Phase(string code, long done) =>
        new() { Code = code, Message = $"Doing {code}", Done = done, Total = 10, State = "running" };
}
