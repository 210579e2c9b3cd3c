using System.Diagnostics;
using Dibs.Tests.Support;

namespace Dibs.Tests.Services;

/// <summary>The values of the unit that others here rely on, and systemd's own opinion of it.</summary>
public sealed class UnitFileTests
{
    private const string Analyzer = "systemd-analyze";

    private readonly UnitFile _unit = UnitFile.Read();

    [Theory]
    [InlineData("Type", "notify")]
    [InlineData("NotifyAccess", "main")]
    [InlineData("KillMode", "mixed")]
    [InlineData("Restart", "always")]
    [InlineData("RestartSec", "5")]
    [InlineData("StartLimitIntervalSec", "0")]
    [InlineData("RestartPreventExitStatus", "2 78")]
    [InlineData("UMask", "0022")]
    [InlineData("NoNewPrivileges", "yes")]
    [InlineData("OOMPolicy", "continue")]
    public void It_says_what_the_documents_promise(string key, string value) => Assert.Equal(value, _unit[key]);

    [Fact]
    public void It_gives_a_drain_its_time_and_a_watchdog_that_a_hanging_store_does_not_starve()
    {
        var options = new WorkerOptions();
        Assert.True(_unit.Seconds("TimeoutStopSec") > options.Grace + options.CancelGrace);
        Assert.True(_unit.Seconds("WatchdogSec") >= options.Lease);
    }

    [Fact]
    public void Its_instance_is_the_name_that_the_original_wrote() =>
        Assert.Equal(["worker", "-n", "reserved_resource_worker_1@%h", "--allow-commands"], _unit.WordsFor("reserved_resource_worker_1", "--allow-commands"));

    [Fact]
    public async Task Systemd_finds_nothing_to_complain_of()
    {
        Assert.SkipUnless(IsInstalled(), $"{Analyzer} is not installed; it comes with the package systemd");
        using var folder = TemporaryFolder.OnDisk();
        // The program need not be where it will be installed.
        var copy = folder.File(Path.GetFileName(UnitFile.Path));
        await File.WriteAllTextAsync(copy, _unit.Text.Replace("/usr/local/bin/dibs", "/bin/true", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        using var process = Process.Start(new ProcessStartInfo(Analyzer, ["verify", "--man=no", "--recursive-errors=no", copy]) { RedirectStandardError = true })!;
        var complaints = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (process.ExitCode, complaints));
    }

    private static bool IsInstalled() => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, Analyzer)));
}
