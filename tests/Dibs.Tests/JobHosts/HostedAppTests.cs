using System.Diagnostics;
using System.Globalization;
using System.Text;
using Dibs.Clients;
using Dibs.Processes;
using Dibs.Sqlite;
using Dibs.Stores;
using Dibs.Tests.Support;

namespace Dibs.Tests.JobHosts;

/// <summary>An application that runs its jobs in job hosts, which are the application's own program once more.</summary>
public sealed class HostedAppTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_jobs_run_in_other_processes_in_which_no_service_of_it_starts_and_end_with_it()
    {
        using var folder = TemporaryFolder.InMemory();
        await using var store = new SqliteJobStore(folder.File("jobs.db"), "default");
        await store.OpenAsync(Token);
        var jobs = new JobClient(new StoreGate(store), catalog: null, TimeProvider.System);
        using var app = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Dibs.Tests.Child.dll"), "host", folder.File("jobs.db")])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            await jobs.EnqueueManyAsync([JobRequest.Method("Dibs.Tests.Child.Deeds.Pid", [], options: new JobOptions { Id = "pid" })], Token);
            var job = await Deadline.UntilAsync(
                async () => (await store.GetAsync(["pid"], JobParts.Details, Token)).Single(), job => job.Record.State == JobState.Completed, HostScene.Patience, "it has run");
            var host = int.Parse(Encoding.UTF8.GetString(job.Result!.Value.Span), CultureInfo.InvariantCulture);
            Assert.NotEqual(app.Id, host);
            Assert.Equal(app.Id, ProcessTable.Find(host)!.Parent);

            await jobs.EnqueueManyAsync([JobRequest.Command(["sleep", "1000"], options: new JobOptions { Id = "sleeps" })], Token);
            await Deadline.UntilAsync(async () => (await store.GetAsync(["sleeps"], JobParts.Details, Token)).Single().Record.State, state => state == JobState.Running, HostScene.Patience, "it runs");
            var hosts = ProcessTable.Read().Descendants(app.Id).Select(process => process.Pid).ToArray();
            app.Kill();
            var output = new StringBuilder(await app.StandardOutput.ReadToEndAsync(Token));
            await Deadline.UntilAsync(() => !hosts.Any(HostedJob.IsAlive), HostScene.Patience, "its hosts end with it");
            Assert.Contains($"other service started in {app.Id}", output.ToString(), StringComparison.Ordinal);
            Assert.Single(output.ToString().Split('\n'), line => line.StartsWith("other service started", StringComparison.Ordinal));
        }
        finally
        {
            if (!app.HasExited)
                app.Kill();
        }
    }
}
