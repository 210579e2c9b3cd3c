using System.Diagnostics;
using System.Globalization;
using Dibs.Sqlite;
using Dibs.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dibs.Tests.Child;

/// <summary>A process beside the tests that uses a store file, and says on its output how far it is.</summary>
internal static class StoreChild
{
    private static readonly TimeSpan Forever = TimeSpan.FromHours(1);

    private static async Task<int> Main(string[] args) => args switch
    {
        ["hold", var path] => await HoldAsync(path),
        ["listen", var path] => await ListenAsync(path),
        ["drain", var path, var name] => await DrainAsync(path, name),
        ["enqueue", var path, var prefix, var count] => await EnqueueAsync(path, prefix, int.Parse(count, CultureInfo.InvariantCulture)),
        ["host", ..] => await HostedApp.RunAsync(args),
        _ => 2,
    };

    /// <summary>Stays inside a transaction that has stored half of something, until a line comes in.</summary>
    private static async Task<int> HoldAsync(string path)
    {
        using var open = OpenStore.Open(path, "default", TimeProvider.System, SqliteJobStore.DefaultLockTimeout, new WakeUps(TimeProvider.System));
        await open.Writer.Do(
            step =>
            {
                step.Counters.Ticket += 1000;
                step.Save();
                Console.WriteLine("inside");
                return Console.ReadLine();
            },
            urgent: false, CancellationToken.None);
        Console.WriteLine("stored");
        return 0;
    }

    /// <summary>Writes the time of the monotonic clock, which all processes share, at each hint that a job is ready.</summary>
    private static async Task<int> ListenAsync(string path)
    {
        await using var store = new SqliteJobStore(path, "default");
        await store.OpenAsync(CancellationToken.None);
        using var wakeUp = store.Listen(new WakeFilter { Queues = ["default"] });
        Console.WriteLine("listening");
        while (await wakeUp.WaitAsync(Forever, CancellationToken.None))
            Console.WriteLine(Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    /// <summary>Enqueues so many jobs for one resource with the ids <c>PREFIX-n</c>, and then writes how many there are.</summary>
    private static async Task<int> EnqueueAsync(string path, string prefix, int count)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddDibs(dibs => dibs.UseSqlite(path).WithoutMethods());
        using var host = builder.Build();
        var requests = Enumerable.Range(1, count).Select(n => JobRequest.Command(["true"], options: new JobOptions { Id = $"{prefix}-{n}", Exclusive = [prefix] }));
        var jobs = await host.Services.GetRequiredService<IJobClient>().EnqueueManyAsync(requests);
        Console.WriteLine(jobs.Count.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    /// <summary>Claims and completes jobs until none is left, and writes the id of each.</summary>
    private static async Task<int> DrainAsync(string path, string name)
    {
        await using var store = new SqliteJobStore(path, "default");
        await store.OpenAsync(CancellationToken.None);
        await store.RegisterAsync(
            new WorkerRegistration { Incarnation = name, Name = name, Host = "localhost", Pid = Environment.ProcessId, Version = "0", Queues = ["default"], Slots = 4, Lease = TimeSpan.FromSeconds(30) },
            CancellationToken.None);
        IReadOnlyList<Claim> running = [];
        for (var number = 1; ; number++)
        {
            var reply = await store.ExchangeAsync(
                new ExchangeRequest
                {
                    Incarnation = name,
                    Number = number,
                    Claims = 4,
                    Settlements = [.. running.Select(claim => new Settlement { Key = claim.Key, Outcome = SettleOutcome.Completed })],
                },
                CancellationToken.None);
            foreach (var claim in running)
                Console.WriteLine(claim.Key.JobId);
            running = reply.Claims;
            if (running.Count == 0 && !reply.More && !reply.ReadyLeft)
                return 0;
        }
    }
}
