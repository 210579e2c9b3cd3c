using System.Diagnostics;
using Dibs.Tests.Support;

namespace Dibs.Tests.Packages;

/// <summary>The command that makes the packages proves them too: a new project and the installed tool each run a job.</summary>
[Collection(Alone.Name)]
public class PackTests
{
    [Fact, Trait("Duration", "long")]
    public async Task The_packages_work_in_a_new_project_and_as_a_tool()
    {
        using var process = Process.Start(new ProcessStartInfo("bash", [Path.Combine(Checkout.Root, "pack")]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{await output}{await error}");
        Assert.Equal(2, (await output).Split('\n').Count(line => line.StartsWith("proved", StringComparison.Ordinal)));
    }
}
