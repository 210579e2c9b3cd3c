using Dibs.Stores;

namespace Dibs.Tests.Simulation;

/// <summary>A store behind a connection that can be made to fail: the named steps go through a fault first.</summary>
internal sealed class FaultyStore(IJobStore store) : SteppedStore(store.Namespace)
{
    /// <summary>Runs around every step with its name; may throw, wait, or lose the answer.</summary>
    public Func<string, Func<ValueTask>, ValueTask> Fault { get; set; } = Pass;

    /// <summary>What a listener is to hear.</summary>
    public Func<WakeFilter, WakeFilter> Hear { get; set; } = static filter => filter;

    public static StoreException Unreachable => new("unreachable", "The store cannot be reached.", outcomeUnknown: true);

    /// <summary>No step gets through from now on.</summary>
    public void Cut() => Fault = static (_, _) => throw Unreachable;

    /// <summary>All steps get through from now on.</summary>
    public void Mend() => Fault = Pass;

    public override IWakeUp Listen(WakeFilter filter) => store.Listen(Hear(filter));
    public override ValueTask DisposeAsync() => store.DisposeAsync();

    protected override async ValueTask<T> StepAsync<T>(string name, Func<IJobStore, ValueTask<T>> step)
    {
        var reply = default(T);
        await Fault(name, async () => reply = await step(store));
        return reply!;
    }

    private static ValueTask Pass(string name, Func<ValueTask> step) => step();
}
