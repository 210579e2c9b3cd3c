using Dibs.Tests.Cli;
using Dibs.Tests.Support;

namespace Dibs.Tests.Crash.Faults;

/// <summary>Worker, job host, client and server are killed and frozen before, in and after each step, on each store.</summary>
[Collection(Alone.Name)]
public sealed class KillMatrixTests
{
    private const int AtOnce = 3;

    public static TheoryData<string> Steps => [.. Fault.Steps];

    [Theory, Trait("Duration", "long"), MemberData(nameof(Steps))]
    public async Task Whoever_is_hit_at_a_named_point_of_a_step_nothing_is_lost_stuck_or_at_once(string step)
    {
        var seed = RandomTrials.FirstSeed();
        var failures = new List<string>();
        var faults = Fault.Named.Where(fault => fault.Step == step).ToArray();
        await Parallel.ForAsync(0, faults.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (n, _) =>
        {
            try
            {
                await FaultScene.PlayAsync(faults[n], seed + n);
            }
#pragma warning disable CA1031 // The others are played all the same; all failures are shown together.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                lock (failures)
                    failures.Add(failure.Message);
            }
        });
        Assert.True(failures.Count == 0, $"{failures.Count} of {faults.Length}:\n{string.Join("\n\n", failures)}");
    }

    [Fact]
    public async Task A_build_for_users_has_no_fault_points()
    {
        using var cli = new CliProcess();
        var trigger = cli.File("trigger");
        await File.WriteAllTextAsync(trigger, "", TestContext.Current.CancellationToken);
        cli.Variables["DIBS_FAULT"] = $"admit.before 9 0 {trigger}";
        Assert.Equal(0, (await cli.RunAsync("enqueue", "--", "true")).Exit);
        Assert.True(File.Exists(trigger));
    }
}
