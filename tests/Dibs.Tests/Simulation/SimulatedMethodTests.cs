using Dibs.Execution;
using Dibs.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Dibs.Tests.Simulation;

/// <summary>Methods of a catalog, with a scope of their own, on the one thread of the simulated world.</summary>
public class SimulatedMethodTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Resolving_running_and_disposing_never_leave_the_thread(int seed)
    {
        var world = new SimulatedWorld(seed);
        var notes = new Notes();
        using var services = new ServiceCollection().AddSingleton(world.Time).AddSingleton(notes).AddScoped<Scoped>().BuildServiceProvider();
        world.RunToEnd(async () =>
        {
            var scene = new WorkerScene(world)
            {
                Executor = new JobExecutor(
                    new MethodExecutor(new MethodCatalog([typeof(SimulatedMethodTests).Assembly]), services.GetRequiredService<IServiceScopeFactory>()),
                    new CommandExecutor(allowed: false, world.Time)),
            };
            var id = await scene.EnqueueAsync($"{typeof(SimulatedJob).FullName}.{nameof(SimulatedJob.RunAsync)}");
            await scene.Work(options => options.Burst = true).Run;
            Assert.Equal(JobState.Completed, (await scene.GetAsync(id)).State);
        });
        var thread = Environment.CurrentManagedThreadId;
        Assert.Equal([("made", thread), ("ran", thread), ("disposed", thread)], notes.Lines);
        Assert.Equal(TimeSpan.FromSeconds(3), world.Elapsed);
    }
}

public sealed class Notes
{
    public List<(string What, int Thread)> Lines { get; } = [];

    public void Add(string what) => Lines.Add((what, Environment.CurrentManagedThreadId));
}

public sealed class Scoped : IAsyncDisposable
{
    private readonly Notes _notes;

    public Scoped(Notes notes)
    {
        _notes = notes;
        notes.Add("made");
    }

    public ValueTask DisposeAsync()
    {
        _notes.Add("disposed");
        return ValueTask.CompletedTask;
    }
}

public sealed class SimulatedJob(Scoped scoped, Notes notes, TimeProvider time)
{
    public async Task<string> RunAsync(JobContext context, CancellationToken stop)
    {
        await Task.Delay(TimeSpan.FromSeconds(3), time, stop);
        notes.Add("ran");
        return $"{scoped.GetType().Name} {context.Attempt}";
    }
}
