using Dibs.Stores;

namespace Dibs.Bench;

/// <summary>
/// What a worker does with a store, without running anything: each exchange settles all that the last one claimed and
/// claims more.
/// </summary>
internal sealed class Loop : IAsyncDisposable
{
    private readonly IJobStore _store;
    private readonly string _incarnation = Guid.CreateVersion7().ToString("N");
    private IReadOnlyList<Claim> _claims = [];
    private long _exchanges;

    private Loop(IJobStore store) => _store = store;

    public static async Task<Loop> StartAsync(IJobStore store, params string[] queues)
    {
        var loop = new Loop(store);
        await store.RegisterAsync(Registrations.Of(loop._incarnation, Limits.Slots, queues), CancellationToken.None);
        return loop;
    }

    /// <summary>One exchange.</summary>
    /// <returns>How many jobs it settled.</returns>
    public async ValueTask<int> ExchangeAsync(int claims, CancellationToken cancellationToken)
    {
        var settlements = new Settlement[_claims.Count];
        for (var i = 0; i < settlements.Length; i++)
            settlements[i] = new Settlement { Key = _claims[i].Key, Outcome = SettleOutcome.Completed };
        var request = new ExchangeRequest { Incarnation = _incarnation, Number = ++_exchanges, Settlements = settlements, Claims = claims };
        _claims = (await _store.ExchangeAsync(request, cancellationToken)).Claims;
        return settlements.Length;
    }

    /// <summary>Exchanges until nothing more is ready.</summary>
    public async Task<int> DrainAsync(int claims, CancellationToken cancellationToken)
    {
        var settled = 0;
        do
            settled += await ExchangeAsync(claims, cancellationToken);
        while (_claims.Count > 0);
        return settled;
    }

    public async ValueTask DisposeAsync()
    {
        await ExchangeAsync(claims: 0, CancellationToken.None);
        await _store.HeartbeatAsync(new HeartbeatRequest { Incarnation = _incarnation, Leaving = true }, CancellationToken.None);
    }
}

/// <summary>How the workers of a run make themselves known.</summary>
internal static class Registrations
{
    public static WorkerRegistration Of(string incarnation, int slots, IReadOnlyList<string> queues) => new()
    {
        Incarnation = incarnation,
        Name = "bench",
        Host = Environment.MachineName,
        Pid = Environment.ProcessId,
        Version = "bench",
        Queues = queues,
        Slots = slots,
        Lease = TimeSpan.FromSeconds(30),
    };
}
