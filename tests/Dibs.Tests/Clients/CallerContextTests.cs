using Dibs.Stores;
using Dibs.Stores.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace Dibs.Tests.Clients;

/// <summary>A thread that has a synchronization context, such as that of a window, may block until a call has ended.</summary>
public class CallerContextTests
{
    public static TheoryData<string> Calls => [.. Work.Keys];

    private static CancellationToken Ct => ClientFixture.Ct;

    private static readonly Dictionary<string, Func<IJobClient, Task>> Work = new()
    {
        ["enqueue"] = jobs => jobs.EnqueueAsync(() => StaticCalls.Text(1), cancellationToken: Ct),
        ["enqueue many"] = jobs => jobs.EnqueueManyAsync([JobRequest.Command(["true"]), JobRequest.Command(["true"])], Ct),
        ["find"] = jobs => jobs.FindAsync("ended", Ct),
        ["wait"] = jobs => jobs.WaitAsync("ended", Ct),
        ["cancel"] = jobs => jobs.CancelAsync("waiting", Ct),
        ["requeue"] = jobs => jobs.RequeueAsync("ended", Ct),
        ["why"] = jobs => jobs.WhyAsync("waiting", Ct),
        ["list"] = jobs => jobs.ListAsync(new(), Ct),
        ["handle"] = async jobs =>
        {
            var job = (await jobs.FindAsync("waiting", Ct).ConfigureAwait(false))!;
            await job.RefreshAsync(Ct).ConfigureAwait(false);
            await job.WhyAsync(Ct).ConfigureAwait(false);
            await job.CancelAsync(Ct).ConfigureAwait(false);
            await job.WaitAsync(Ct).ConfigureAwait(false);
        },
    };

    [Theory, MemberData(nameof(Calls))]
    public async Task No_call_needs_the_thread_of_its_caller(string call)
    {
        await using var services = Services();
        var jobs = services.GetRequiredService<IJobClient>();
        await jobs.EnqueueAsync(() => StaticCalls.Text(1), new() { Id = "ended" }, Ct);
        await jobs.CancelAsync("ended", Ct);
        await jobs.EnqueueAsync(() => StaticCalls.Text(1), new() { Id = "waiting", Delay = TimeSpan.FromDays(1) }, Ct);
        await BlockAsync(() => Work[call](jobs));
    }

    [Fact]
    public async Task Nor_does_the_first_one_which_opens_the_store()
    {
        await using var services = Services();
        await BlockAsync(() => services.GetRequiredService<IJobClient>().FindAsync("nobody", Ct));
    }

    private static ServiceProvider Services() => new ServiceCollection()
        .AddDibs(dibs => dibs.UseStore((_, name) => new HomingStore(name)).AddMethodsFrom(typeof(StaticCalls).Assembly))
        .BuildServiceProvider();

    /// <summary>Blocks a thread as <c>.Result</c> does; what is posted to it meanwhile is never done.</summary>
    private static async Task BlockAsync(Func<Task> call)
    {
        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new Deaf());
            ended.SetResult(call().Wait(TimeSpan.FromSeconds(30)));
        })
        { IsBackground = true }.Start();
        Assert.True(await ended.Task, "The call waits for the thread that waits for it.");
    }

    private sealed class Deaf : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }

    /// <summary>A store that goes on where it was called, as that of Redis does.</summary>
    private sealed class HomingStore(string name) : StoreWrapper(new MemoryJobStore(name, TimeProvider.System))
    {
        public override async ValueTask<StoreDescription> OpenAsync(CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await base.OpenAsync(cancellationToken);
        }

        public override async ValueTask<EnqueueReply> EnqueueAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await base.EnqueueAsync(jobs, cancellationToken);
        }

        public override async ValueTask<IReadOnlyList<StoredJob>> GetAsync(IReadOnlyList<string> ids, JobParts parts, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await base.GetAsync(ids, parts, cancellationToken);
        }

        public override async ValueTask<ChangeReply> ChangeAsync(ChangeKind change, IReadOnlyList<string> ids, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await base.ChangeAsync(change, ids, cancellationToken);
        }

        public override async ValueTask<WhyRecord?> WhyAsync(string id, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await base.WhyAsync(id, cancellationToken);
        }

        public override async ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await base.ListAsync(query, cancellationToken);
        }
    }
}
