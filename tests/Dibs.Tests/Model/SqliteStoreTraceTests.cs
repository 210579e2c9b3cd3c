using Dibs.Sqlite;
using Dibs.Stores;
using Dibs.Tests.Support;

namespace Dibs.Tests.Model;

/// <summary>The SQLite store against the memory store.</summary>
public sealed class SqliteStoreTraceTests : StoreTraceTests
{
    private protected override ITrialSubject MakeSubject() => new SqliteSubject();

    private sealed class SqliteSubject : ITrialSubject
    {
        private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

        public bool OutlivesItsProcess => true;

        public async Task<IJobStore> OpenAsync(TimeProvider time)
        {
            var store = new SqliteJobStore(_folder.File("jobs.db"), "default", time);
            await store.OpenAsync(CancellationToken.None);
            return store;
        }

        public ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
