using Dibs.Stores;

namespace Dibs.Tests.Support;

/// <summary>An incarnation that talks to a store as a worker does, one call at a time, and runs nothing.</summary>
public sealed class TestWorker
{
    private readonly IJobStore _store;
    private ExchangeRequest? _last;

    private TestWorker(IJobStore store, WorkerRegistration registration) => (_store, Registration) = (store, registration);

    public WorkerRegistration Registration { get; }

    public string Incarnation => Registration.Incarnation;

    public long LastNumber => _last?.Number ?? 0;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What a worker called NAME of the incarnation NAME-1 registers.</summary>
    public static WorkerRegistration RegistrationOf(string name, params string[] queues) => new()
    {
        Incarnation = $"{name}-1",
        Name = name,
        Host = "host",
        Pid = 1,
        Version = "1.0",
        Queues = queues is [] ? [SampleJobs.DefaultQueue] : queues,
        Slots = 4,
        Lease = TimeSpan.FromSeconds(30),
    };

    public static TestWorker Unregistered(IJobStore store, WorkerRegistration registration) => new(store, registration);

    public static async Task<TestWorker> RegisterAsync(IJobStore store, WorkerRegistration registration)
    {
        await store.RegisterAsync(registration, Token);
        return new TestWorker(store, registration);
    }

    public Task<ExchangeReply> ExchangeAsync(int claims, params IEnumerable<Settlement> settlements) =>
        SendAsync(new() { Incarnation = Incarnation, Number = LastNumber + 1, Claims = claims, Settlements = [.. settlements] });

    /// <summary>Sends a request as it is: the last one again, or one with a number of its own.</summary>
    public async Task<ExchangeReply> SendAsync(ExchangeRequest request)
    {
        var reply = await _store.ExchangeAsync(request, Token);
        _last = request;
        return reply;
    }

    public Task<ExchangeReply> RepeatAsync() => SendAsync(_last ?? throw new InvalidOperationException("Nothing was sent yet."));

    /// <summary>Claims the one job that is there to be claimed.</summary>
    public async Task<Claim> ClaimAsync() => Assert.Single((await ExchangeAsync(1)).Claims);

    public async Task<IReadOnlyList<Claim>> ClaimAsync(int count) => (await ExchangeAsync(count)).Claims;

    /// <summary>Claims up to so many jobs and says which, in the order of their claims.</summary>
    public async Task<string[]> ClaimIdsAsync(int count) => [.. (await ClaimAsync(count)).Select(claim => claim.Key.JobId)];

    public Task<ExchangeReply> CompleteAsync(params IEnumerable<Claim> claims) => SettleAsync(SettleOutcome.Completed, claims);

    public Task<ExchangeReply> SettleAsync(SettleOutcome outcome, params IEnumerable<Claim> claims) =>
        ExchangeAsync(0, claims.Select(claim => Ended(claim, outcome)));

    /// <summary>Claims and completes one job after the other until none is ready; returns them in that order.</summary>
    public async Task<string[]> RunAllAsync()
    {
        var done = new List<string>();
        while ((await ExchangeAsync(1)).Claims is [var claim])
        {
            done.Add(claim.Key.JobId);
            await CompleteAsync(claim);
        }

        return [.. done];
    }

    public Task<HeartbeatReply> BeatAsync(params IEnumerable<Claim> held) => BeatAsync(held.Select(claim => claim.Key));

    public async Task<HeartbeatReply> BeatAsync(IEnumerable<AttemptKey> held) =>
        await _store.HeartbeatAsync(new() { Incarnation = Incarnation, Held = [.. held] }, Token);

    public async Task<HeartbeatReply> LeaveAsync(params IEnumerable<Claim> held) =>
        await _store.HeartbeatAsync(
            new() { Incarnation = Incarnation, Held = [.. held.Select(claim => claim.Key)], Leaving = true }, Token);

    /// <summary>Ends what it runs, as a rescuer does that saw its beat stand still.</summary>
    public async Task<RescueReply> RescueAsync(long beat = 0) => await _store.RescueAsync(new(Incarnation, beat, Registration.Lease), Token);

    public static Settlement Ended(Claim claim, SettleOutcome outcome, string? reason = null) => new()
    {
        Key = claim.Key,
        Outcome = outcome,
        Reason = outcome switch
        {
            SettleOutcome.Failed => reason ?? JobReasons.Threw,
            SettleOutcome.Crashed => reason ?? JobReasons.Killed,
            SettleOutcome.Completed or SettleOutcome.Stopped or SettleOutcome.Returned => null,
        },
    };
}
