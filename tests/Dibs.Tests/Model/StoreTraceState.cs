using Dibs.Stores;
using Dibs.Tests.Support;

namespace Dibs.Tests.Model;

/// <summary>One call of a store, ready to be sent to each of the stores that are compared.</summary>
/// <param name="Text">The call for a reader.</param>
/// <param name="Send">Sends it and returns the reply.</param>
/// <param name="Learn">Keeps what the reply means for later calls.</param>
internal sealed record StoreCall(string Text, Func<IJobStore, Task<object?>> Send, Action<object?> Learn)
{
    public static StoreCall Of<T>(string text, Func<IJobStore, ValueTask<T>> send, Action<T>? learn = null) => new(
        text,
        async store => await send(store),
        reply =>
        {
            if (reply is T known)
                learn?.Invoke(known);
        });
}

/// <summary>A worker of a trace, and what it believes to be running.</summary>
internal sealed class TraceWorker(int slot)
{
    private int _incarnations;

    public WorkerRegistration Registration { get; private set; } = TestWorker.RegistrationOf($"w{slot}");
    public long LastNumber { get; set; }
    public long Beat { get; private set; }

    /// <summary>The store knows this incarnation, as far as the trace has seen.</summary>
    public bool Known { get; private set; }

    public List<Claim> Running { get; } = [];
    public List<Claim> Ended { get; } = [];

    public void BeginIncarnation(params string[] queues)
    {
        Registration = TestWorker.RegistrationOf(Registration.Name, queues) with { Incarnation = $"{Registration.Name}-{++_incarnations}" };
        (LastNumber, Beat, Known) = (0, 0, true);
        End([.. Running.Select(claim => claim.Key)]);
    }

    public void Learn(ExchangeRequest request, ExchangeReply reply)
    {
        LastNumber = Math.Max(LastNumber, request.Number);
        Known = reply.Known;
        End(request.Settlements.Select(settlement => settlement.Key));
        var known = Running.Concat(Ended).Select(claim => claim.Key).ToHashSet();
        Running.AddRange(reply.Claims.Where(claim => !known.Contains(claim.Key)));
    }

    public void Learn(HeartbeatRequest request, HeartbeatReply reply)
    {
        if (reply.Known)
            Beat++;
        Known = reply.Known && !request.Leaving;
        End(reply.Lost);
    }

    private void End(IEnumerable<AttemptKey> keys)
    {
        var ended = keys.ToHashSet();
        Ended.AddRange(Running.Where(claim => ended.Contains(claim.Key)));
        Running.RemoveAll(claim => ended.Contains(claim.Key));
    }
}

/// <summary>What a trace knows so far, by which its operations find jobs, claims and workers.</summary>
internal sealed class StoreTraceState(DateTimeOffset now)
{
    private const int CallsRemembered = 6;

    private readonly List<StoreCall> _calls = [];

    public DateTimeOffset Now { get; set; } = now;

    public IReadOnlyList<TraceWorker> Workers { get; } = [new(0), new(1), new(2)];

    /// <summary>Ids of jobs that were stored at some time.</summary>
    public List<string> Ids { get; } = [];

    public int JobsMade { get; set; }

    /// <summary>A job of the last ones, which are more likely to be alive.</summary>
    public string RecentId(int pick) => Ids.Count == 0 ? "nobody" : Ids[^((pick % Math.Min(Ids.Count, 12)) + 1)];

    public void Learn(EnqueueReply reply) => AddIds(reply.Jobs.Where(job => job.Outcome == EnqueueOutcome.Stored).Select(job => job.Id));

    public void Learn(ChangeReply reply) => AddIds(reply.Items.Where(job => job.Outcome != ChangeOutcome.Unknown).Select(job => job.Id));

    public void Remember(StoreCall call)
    {
        _calls.Add(call);
        if (_calls.Count > CallsRemembered)
            _calls.RemoveAt(0);
    }

    public StoreCall? Remembered(int pick) => _calls.Count == 0 ? null : _calls[pick % _calls.Count];

    private void AddIds(IEnumerable<string> ids) => Ids.AddRange(ids.Except(Ids));
}
