using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dibs.Tests.Child;

/// <summary>
/// An application with a worker that runs its jobs in job hosts. As <c>host</c> alone it has no store of its own and is only good as a
/// job host; as <c>host PATH</c> it is the whole application on a store file. More words make its start go wrong.
/// </summary>
internal static class HostedApp
{
    public static async Task<int> RunAsync(string[] args)
    {
        Console.WriteLine("An application may say something before it is ready.");
        if (args.Contains("hang"))
            await Task.Delay(TimeSpan.FromHours(1), TimeProvider.System);
        if (args.Contains("crash"))
            throw new InvalidOperationException("It does not like to start.");
        if (args.Contains("refuse"))
        {
            await Console.Error.WriteLineAsync("dibs: the application is not set up; set it up");
            return 78;
        }
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = [] });
        builder.Services.AddSingleton<Greeting>().AddTransient<Enqueuer>();
        builder.Services.AddHostedService<OtherService>();
        builder.Services.AddDibs(dibs =>
        {
            if (args.ElementAtOrDefault(1) is { } path && path.EndsWith(".db", StringComparison.Ordinal))
                dibs.UseSqlite(path);
            else
                dibs.UseMemory();
        });
        builder.Services.AddDibsWorker(worker =>
        {
            worker.Slots = 2;
            worker.AllowCommands = true;
            worker.Isolation = Isolation.Process;
            if (args.Contains("flood"))
                worker.Lease = TimeSpan.FromSeconds(3);
        });
        if (args.Contains("flood"))
            builder.Services.AddHostedService<FloodingService>();
        await builder.Build().RunAsync();
        return 0;
    }
}

/// <summary>A service of the application that jobs use.</summary>
public sealed class Greeting
{
    public string Of(string name) => $"Good day, {name}.";
}

/// <summary>A job that enqueues another one.</summary>
public sealed class Enqueuer(IJobClient jobs)
{
    public Task EnqueueAsync() => jobs.EnqueueAsync(() => Deeds.Pid());
}

/// <summary>Fills the pool of threads of the application from one line of its input to the next.</summary>
internal sealed class FloodingService : IHostedService
{
    private const int Works = 2000;
    private readonly ManualResetEventSlim _over = new();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        new Thread(Flood) { IsBackground = true }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Flood()
    {
        Console.ReadLine();
        for (var n = 0; n < Works; n++)
            ThreadPool.UnsafeQueueUserWorkItem(_ => _over.Wait(), null);
        Console.ReadLine();
        Console.WriteLine($"{ThreadPool.PendingWorkItemCount} wait for a thread");
        _over.Set();
    }
}

/// <summary>Says that it has started: it must not in a job host.</summary>
internal sealed class OtherService : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Console.WriteLine($"other service started in {Environment.ProcessId}");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
