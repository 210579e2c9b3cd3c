using System.Text;
using Dibs.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Dibs.Tests.Clients;

/// <summary>A client over a memory store whose time stands still, and a hand-moved worker to end jobs with.</summary>
internal sealed class ClientFixture : IAsyncDisposable
{
    private const string Incarnation = "test-1";
    private readonly ServiceProvider _services;
    private long _exchange;

    public ClientFixture(Action<DibsBuilder>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddDibs(dibs => dibs.UseMemory().AddMethodsFrom(typeof(ClientFixture).Assembly));
        services.AddDibs(configure);
        _services = services.BuildServiceProvider();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public IJobClient Jobs => _services.GetRequiredService<IJobClient>();

    public IJobStore Store => _services.GetRequiredService<IJobStore>();

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The job with all that the store knows of it.</summary>
    public async Task<JobRecord> StoredAsync(Job job) => (await Jobs.FindAsync(job.Id, Ct))!.Record;

    /// <summary>Claims what is ready, as a worker would.</summary>
    public async Task<IReadOnlyList<Claim>> ClaimAsync()
    {
        if (_exchange == 0)
        {
            await Store.RegisterAsync(new WorkerRegistration
            {
                Incarnation = Incarnation,
                Name = "test",
                Host = "here",
                Pid = 1,
                Version = "0",
                Queues = ["default"],
                Slots = 100,
                Lease = TimeSpan.FromSeconds(30),
            }, Ct);
        }
        return (await Store.ExchangeAsync(new ExchangeRequest { Incarnation = Incarnation, Number = ++_exchange, Claims = 100 }, Ct)).Claims;
    }

    public async Task SettleAsync(AttemptKey key, SettleOutcome outcome, string? result = null, string? reason = null, JobError? error = null)
    {
        var settlement = new Settlement
        {
            Key = key,
            Outcome = outcome,
            Reason = reason,
            Error = error,
            Result = result is null ? (ReadOnlyMemory<byte>?)null : Encoding.UTF8.GetBytes(result),
        };
        await Store.ExchangeAsync(new ExchangeRequest { Incarnation = Incarnation, Number = ++_exchange, Settlements = [settlement] }, Ct);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
