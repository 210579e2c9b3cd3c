using Dibs.Sqlite;
using Dibs.Stores;
using Dibs.Tests.Support;

namespace Dibs.Tests.Conformance;

public sealed class SqliteStoreConformance : StoreConformance
{
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    protected override Task<IJobStore> CreateAsync(string @namespace, TimeProvider time) =>
        Task.FromResult<IJobStore>(new SqliteJobStore(_folder.File("jobs.db"), @namespace, time));
}
