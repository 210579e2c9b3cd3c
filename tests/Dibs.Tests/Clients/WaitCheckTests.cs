using Dibs.Clients;
using Dibs.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dibs.Tests.Clients;

/// <summary>A job that waits for another one in its own code stands outside of the order of reservations.</summary>
public class WaitCheckTests
{
    private static CancellationToken Ct => ClientFixture.Ct;

    [Fact]
    public async Task A_wait_for_itself_is_refused() => Assert.Equal(
        "Job 'parent' waits for itself in its own code, which would never end. Return what others are to know of it.",
        await RefusalAsync(new(), [], "parent"));

    [Fact]
    public async Task A_wait_for_what_needs_a_resource_of_the_waiter_is_refused_with_resource_and_remedy() => Assert.Equal(
        "Job 'parent' waits for 'child' in its own code, but 'child' needs 'r', which 'parent' holds until it has ended: the wait would never end. "
        + "Make what follows a job of its own that comes after 'child', or enqueue 'child' without that.",
        await RefusalAsync(new() { Exclusive = ["r"] }, [new() { Id = "child", Exclusive = ["a", "r"] }], "child"));

    [Fact]
    public async Task One_exclusive_side_is_enough()
    {
        Assert.NotNull(await RefusalAsync(new() { Exclusive = ["r"] }, [new() { Id = "child", Shared = ["r"] }], "child"));
        Assert.NotNull(await RefusalAsync(new() { Shared = ["r"] }, [new() { Id = "child", Exclusive = ["r"] }], "child"));
    }

    [Fact]
    public async Task So_is_a_wait_for_what_comes_after_the_waiter_or_is_not_due_yet()
    {
        Assert.Contains("but 'child' comes after 'parent': the wait would never end", await RefusalAsync(new(), [new() { Id = "child", After = ["parent"] }], "child"), StringComparison.Ordinal);
        Assert.NotNull(await RefusalAsync(new() { Exclusive = ["r"] }, [new() { Id = "child", Exclusive = ["r"], Delay = TimeSpan.FromMinutes(1) }], "child"));
    }

    [Fact]
    public async Task So_is_one_that_leads_back_over_other_jobs()
    {
        const string End = "for which that one waits, needs 'r', which 'parent' holds until it has ended";
        Assert.Contains($"but 'between', {End}", await RefusalAsync(
            new() { Exclusive = ["r"] }, [new() { Id = "between", Exclusive = ["r"] }, new() { Id = "child", After = ["between"] }], "child"), StringComparison.Ordinal);
        Assert.Contains($"but 'between', {End}", await RefusalAsync(
            new() { Exclusive = ["r"] }, [new() { Id = "between", Exclusive = ["r", "s"] }, new() { Id = "child", Shared = ["s"] }], "child"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_that_can_end_is_let_be()
    {
        Assert.Null(await RefusalAsync(new() { Exclusive = ["r"] }, [new() { Id = "child", Exclusive = ["other"] }], "child"));
        Assert.Null(await RefusalAsync(new() { Exclusive = ["r"] }, [new() { Id = "before", Exclusive = ["s"] }, new() { Id = "child", Exclusive = ["s"] }], "child"));
        // Both share it: whoever else leaves makes room.
        Assert.Null(await RefusalAsync(new() { Shared = [new("r", 2)] }, [new() { Id = "beside", Shared = ["r"] }, new() { Id = "child", Shared = ["r"] }], "child"));
        Assert.Null(await RefusalAsync(
            new() { Exclusive = ["x"], Shared = [new("r", 2)] },
            [new() { Id = "between", Exclusive = ["x"], Shared = ["r"] }, new() { Id = "child", Shared = ["r"] }], "child"));
    }

    [Fact]
    public async Task Code_that_outlives_its_job_may_wait_for_what_it_held()
    {
        await using var client = new ClientFixture();
        await client.Jobs.EnqueueAsync(() => Reports.Build(1), new() { Id = "parent", Exclusive = ["r"] }, Ct);
        var claim = Assert.Single(await client.ClaimAsync());
        await client.Jobs.EnqueueAsync(() => Reports.Build(2), new() { Id = "child", Exclusive = ["r"], Delay = TimeSpan.FromMinutes(1) }, Ct);
        await client.SettleAsync(claim.Key, SettleOutcome.Completed);
        await WaitCheck.RefuseEndlessAsync(client.Store, "parent", "child", Ct);
    }

    [Fact]
    public async Task The_job_fails_of_it_at_once()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddDibs(dibs => dibs.UseMemory().AddMethodsFrom(typeof(WaitingJob).Assembly));
        builder.Services.AddDibsWorker();
        using var host = builder.Build();
        await host.StartAsync(Ct);
        var jobs = host.Services.GetRequiredService<IJobClient>();
        Assert.Equal("text 7", await (await jobs.EnqueueAsync((WaitingJob job) => job.RunAsync("other", default), new() { Exclusive = ["r"] }, Ct)).ResultAsync(Ct));
        var waiting = await jobs.EnqueueAsync((WaitingJob job) => job.RunAsync("r", default), new() { Exclusive = ["r"] }, Ct);
        var error = (await waiting.WaitAsync(Ct)).Error!;
        Assert.Equal(typeof(JobConflictException).FullName, error.Type);
        Assert.Contains($"needs 'r', which '{waiting.Id}' holds", error.Message, StringComparison.Ordinal);
        await host.StopAsync(Ct);
    }

    /// <summary>What is said to the running job when it begins to wait; null if nothing.</summary>
    private static async Task<string?> RefusalAsync(JobOptions parent, JobOptions[] others, string awaited)
    {
        await using var client = new ClientFixture();
        await client.Jobs.EnqueueAsync(() => Reports.Build(1), parent with { Id = "parent" }, Ct);
        Assert.Single(await client.ClaimAsync());
        foreach (var options in others)
            await client.Jobs.EnqueueAsync(() => Reports.Build(1), options, Ct);
        AmbientJob.Id = "parent";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var waiting = client.Jobs.WaitAsync(awaited, patience.Token);
        await patience.CancelAsync();
        try
        {
            await waiting;
            throw new InvalidOperationException("It cannot have ended.");
        }
        catch (JobConflictException refusal)
        {
            Assert.Equal("endless-wait", refusal.Code);
            return refusal.Message;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}

public sealed class WaitingJob(IJobClient jobs)
{
    public async Task<string> RunAsync(string resource, CancellationToken stop)
    {
        var child = await jobs.EnqueueAsync(() => StaticCalls.Text(7), new() { Exclusive = [resource] }, stop);
        return await child.ResultAsync(stop);
    }
}
