using Dibs.Stores;

namespace Dibs.Tests.Simulation;

/// <summary>A store of which one can keep a copy, and bring it back later: whatever the copy does not know is lost then.</summary>
/// <param name="create">Makes an empty store.</param>
internal sealed class BackedUpStore(Func<IJobStore> create) : SteppedStore("default")
{
    private IJobStore _live = create();

    // Goes along step by step until it is kept: the same steps at the same times make the same store.
    private IJobStore _copy = create();
    private bool _isKept;

    /// <summary>Keeps a copy of what is stored now.</summary>
    public void Keep() => _isKept = true;

    /// <summary>Brings the copy back.</summary>
    public void Restore() => _live = _copy;

    /// <summary>Loses everything.</summary>
    public void Wipe()
    {
        Keep();
        _live = create();
    }

    public override IWakeUp Listen(WakeFilter filter) => _live.Listen(filter);
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override async ValueTask<T> StepAsync<T>(string name, Func<IJobStore, ValueTask<T>> step)
    {
        if (!_isKept)
            await step(_copy);
        return await step(_live);
    }
}
