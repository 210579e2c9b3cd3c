using System.Globalization;
using Dibs.JobHosts;
using Dibs.Tests.Support;

namespace Dibs.Tests.JobHosts;

/// <summary>Job hosts that do not start, or are none.</summary>
public sealed class HostStartTests
{
    [Fact]
    public async Task Settings_that_keep_the_application_from_starting_end_the_worker_with_its_words()
    {
        await using var scene = HostScene.Start(words: "refuse");
        var refusal = await Assert.ThrowsAsync<DibsConfigurationException>(() => scene.Started);
        Assert.Equal("the application is not set up; set it up", refusal.Message);
    }

    [Fact]
    public async Task An_application_that_crashes_at_its_start_is_tried_again_and_said_why()
    {
        await using var scene = HostScene.Start(words: "crash");
        await scene.Started.WaitAsync(HostScene.Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(0, scene.Executor.Room);
        await Deadline.UntilAsync(() => scene.Log.Count(line => line.Contains("before it was ready", StringComparison.Ordinal)) >= 2, HostScene.Patience, "it is tried again");
    }

    [Fact]
    public async Task An_application_that_hangs_at_its_start_is_killed_and_said_and_tried_again()
    {
        await using var scene = HostScene.StartProgram(HostScene.ChildApp("hang"), startPatience: TimeSpan.FromSeconds(1));
        await scene.Started.WaitAsync(HostScene.Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Contains(scene.Log, line => line.Contains("was not ready within 00:00:01 and was killed; it is tried again", StringComparison.Ordinal));
        Assert.Equal(0, scene.Executor.Room);
        var killed = await Deadline.UntilAsync(() => Task.FromResult(KilledIn(scene.Log)), pids => pids.Length >= 2, HostScene.Patience, "it is tried again");
        Assert.DoesNotContain(killed, HostedJob.IsAlive);

        static int[] KilledIn(string[] log) =>
            [.. log.Select(line => line.Split(' ')).Where(words => words is ["Error", "Job", "host", ..]).Select(words => int.Parse(words[3], CultureInfo.InvariantCulture))];
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_said_and_tried_again()
    {
        await using var scene = HostScene.StartProgram(new HostCommand("/no/such/program", []));
        await scene.Started.WaitAsync(HostScene.Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Contains(scene.Log, line => line.Contains("'/no/such/program'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("printf 'hello there, worker' >&$OUT; sleep 1000")]
    [InlineData("printf '\\377\\377\\377\\377' >&$OUT; sleep 1000")]
    [InlineData("printf '\\004\\000\\000\\000null' >&$OUT; sleep 1000")]
    [InlineData("printf '\\002\\000\\000\\000{}' >&$OUT; sleep 1000")]
    [InlineData("head -c 100000 /dev/urandom >&$OUT; sleep 1000")]
    [InlineData("printf '\\003\\000' >&$OUT")]
    public async Task A_host_that_speaks_garbage_is_killed_and_replaced(string script)
    {
        await using var scene = HostScene.StartProgram(new HostCommand("bash", ["-c", $"OUT=${{DIBS_JOB_HOST##*:}}; {script}"]));
        await Deadline.UntilAsync(() => scene.Log.Count(line => line.Contains("cannot be understood", StringComparison.Ordinal)) >= 2, HostScene.Patience, "it is killed and replaced");
        Assert.Equal(0, scene.Executor.Room);
    }
}
