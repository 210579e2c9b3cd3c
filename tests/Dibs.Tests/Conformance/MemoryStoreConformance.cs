using Dibs.Stores;
using Dibs.Stores.Memory;

namespace Dibs.Tests.Conformance;

public sealed class MemoryStoreConformance : StoreConformance
{
    /// <summary>It verifies everything in one step: what is in memory is looked through in no time.</summary>
    protected override int MostCheckedPerStep => int.MaxValue;

    protected override Task<IJobStore> CreateAsync(string @namespace, TimeProvider time) =>
        Task.FromResult<IJobStore>(new MemoryJobStore(@namespace, time));
}
