using System.Diagnostics;
using Dibs.JobHosts;
using Dibs.Stores;
using Dibs.Tests.Support;

namespace Dibs.Tests.JobHosts;

/// <summary>
/// A program that the job host has no right to signal. The host is another user's here, who may do nothing but become somebody else: so the job starts a
/// program that is root's.
/// </summary>
public sealed class UnkillableTests : IDisposable
{
    private static readonly string[] AsNobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+setuid", "--ambient-caps=+setuid"];
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_job_lasts_until_a_program_has_ended_that_may_not_be_signaled_and_says_so()
    {
        var app = HostScene.ChildApp();
        Assert.SkipUnless(await CanReadAsync(app.Arguments[0]), "Only root can start a host that is another user's, who must be able to read the tests.");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_111_111);
        await using var scene = HostScene.StartProgram(new HostCommand("setpriv", [.. AsNobody, app.Program, .. app.Arguments]), new WorkerOptions { Slots = 1, AllowCommands = true });
        var job = await scene.RunCommandAsync($"setpriv --reuid=0 sh -c 'sleep 3; echo 1 > {_folder.File("ended")}' & exit 0");
        var settlement = await job.EndAsync();

        Assert.True(File.Exists(_folder.File("ended")), "The program was killed, or the job did not wait for it.");
        Assert.Equal((SettleOutcome.Completed, 0), (settlement.Outcome, settlement.Exit!.Code));
        Assert.Contains(job.Lines(), line => line.Contains("lasts until what it started has ended, which cannot be killed (no right to signal it", StringComparison.Ordinal));
        // The host is as good as before.
        Assert.Equal(SettleOutcome.Completed, (await (await scene.RunAsync("Pid")).EndAsync()).Outcome);
    }

    private static async Task<bool> CanReadAsync(string file)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        using var probe = Process.Start("sh", ["-c", "exec setpriv \"$@\"", "sh", .. AsNobody, "test", "-r", file]);
        await probe.WaitForExitAsync(TestContext.Current.CancellationToken);
        return probe.ExitCode == 0;
    }
}
