using Dibs.Stores;
using Dibs.Stores.Memory;
using Dibs.Tests.Support;

namespace Dibs.Tests.Model;

/// <summary>
/// Random traces on a store and on the memory store, compared after every step. A new store is one class that derives from
/// this one.
/// </summary>
public abstract class StoreTraceTests
{
    private const int Steps = 5_000;
    private const int ManySteps = 50_000;
    private const int StepsPerTrial = 60;

    /// <summary>Crowded steps read hundreds of jobs each, so there are fewer of them.</summary>
    private const int CrowdedSteps = 300;
    private const int CrowdedStepsPerTrial = 30;
    private const int CrowdedWhys = 10;

    private protected abstract ITrialSubject MakeSubject();

    [Fact]
    public Task It_answers_as_the_memory_store_does_after_every_step() => CompareAsync(Steps);

    [Fact, Trait("Duration", "long")]
    public Task It_answers_as_the_memory_store_does_after_very_many_steps() => CompareAsync(ManySteps);

    [Fact]
    public Task It_answers_as_the_memory_store_does_when_more_is_to_be_done_than_a_step_may() => RandomTrials.RunAsync(
        CrowdedSteps,
        CrowdedStepsPerTrial,
        RandomStoreOperations.NextCrowded,
        operations => StoreTrial.RunAsync(MakeSubject, operations, CrowdedWhys));

    private Task CompareAsync(int steps) => RandomTrials.RunAsync(
        steps, StepsPerTrial, RandomStoreOperations.Next, operations => StoreTrial.RunAsync(MakeSubject, operations, int.MaxValue));
}

/// <summary>
/// The memory store against itself: that replies and snapshots depend on nothing but the operations, and that it never drifts.
/// </summary>
public sealed class MemoryStoreTraceTests : StoreTraceTests
{
    private protected override ITrialSubject MakeSubject() => new MemorySubject();

    private sealed class MemorySubject : ITrialSubject
    {
        public bool OutlivesItsProcess => false;

        public Task<IJobStore> OpenAsync(TimeProvider time) => Task.FromResult<IJobStore>(new MemoryJobStore("default", time));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
