using Dibs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddDibs(dibs => dibs.UseSqlite("jobs.db"));      // one file; several processes may share it
builder.Services.AddDibsWorker(worker => worker.Slots = 4);       // optional: run jobs in this process too
using var host = builder.Build();
await host.StartAsync();

var jobs = host.Services.GetRequiredService<IJobClient>();
Job sync = await jobs.EnqueueAsync(() => Repository.SyncAsync("debian", 300), new() { Exclusive = ["repository:debian"] });
Job<string> publish = await jobs.EnqueueAsync((Publisher p) => p.PublishAsync("debian", default), new() { Shared = ["repository:debian"] });

Console.WriteLine((await publish.WhyAsync()).Summary);            // It needs 'repository:debian' shared: held by …
Console.WriteLine(await publish.ResultAsync());                   // debian is published from …
await host.StopAsync();

public static class Repository                                    // any public method is a job; nothing is declared on it
{
    public static Task SyncAsync(string name, int milliseconds) => Task.Delay(milliseconds);
}

public class Publisher(IHostEnvironment host)                     // made by the container, in a scope of its own
{
    public Task<string> PublishAsync(string name, CancellationToken stop) => Task.FromResult($"{name} is published from {host.ApplicationName}");
}
