using Dibs.Execution;
using Dibs.Stores;

namespace Dibs.JobHosts;

/// <summary>Runs attempts in job hosts, where all of them can be killed.</summary>
internal sealed class HostedExecutor(HostPool pool) : IJobExecutor, IDisposable
{
    public int Room => pool.Room;

    public long Memory => pool.Memory;

    public string Describe(Claim claim) => JobExecutor.CallOf(claim);

    public bool CanKill(Claim claim) => true;

    public Task StartAsync(Action roomChanged, CancellationToken cancellationToken) => pool.StartAsync(roomChanged, cancellationToken);

    public Task RunAsync(CancellationToken stop) => pool.RunAsync(stop);

    public void Feed(long until) => pool.Feed(until);

    public void Dispose() => pool.End();

    public async Task<Settlement> ExecuteAsync(Claim claim, JobContext context)
    {
        // One that has just ended may be gone before its claim is here.
        if (pool.TryTake() is not { } host)
            return Outcomes.Returned(claim.Key);
        try
        {
            if (claim.Method is null)
                context.LimitLog(Limits.CommandOutputBytes);
            return await host.RunAsync(claim, context);
        }
        finally
        {
            pool.GiveBack(host);
        }
    }
}
