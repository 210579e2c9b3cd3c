using System.Globalization;
using Dibs.Processes;
using Dibs.Stores;

namespace Dibs.Tests.JobHosts;

/// <summary>Programs that a job left behind in its job host, which adopted them, and that have ended.</summary>
public sealed class LeftoversTests
{
    /// <summary>More than a host keeps as numbers in use.</summary>
    private const string ManyTimes = "for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do";

    [Theory]
    [InlineData($"{ManyTimes} setsid sh -c 'sleep 1000 & exit'; done")]
    [InlineData($"{ManyTimes} sleep 1000 & done; echo started; wait")]
    public async Task Those_that_others_had_started_are_taken_away_and_the_host_stays(string script)
    {
        await using var scene = HostScene.Start(new WorkerOptions { Slots = 1, AllowCommands = true });
        var host = await PidAsync(scene);
        var job = await scene.RunCommandAsync(script);
        if (script.Contains("wait", StringComparison.Ordinal))
        {
            await job.UntilSaidAsync("started");
            job.Stop();
        }
        await job.EndAsync();

        Assert.Empty(ProcessTable.Read().Children(host));
        Assert.Equal(host, await PidAsync(scene));
    }

    private static async Task<int> PidAsync(HostScene scene)
    {
        var settlement = await (await scene.RunAsync("Pid")).EndAsync();
        Assert.Equal(SettleOutcome.Completed, settlement.Outcome);
        return int.Parse(settlement.Result!.Value.Span, CultureInfo.InvariantCulture);
    }
}
