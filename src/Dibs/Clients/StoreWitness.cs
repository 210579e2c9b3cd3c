using Dibs.Stores;
using Dibs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dibs.Clients;

/// <summary>
/// Remembers how far the store was seen to have come, and what it acknowledged last. A store that came back empty or from an
/// older copy answers less than that: it is said loudly, once, with what is known to be lost. One for each opened store.
/// </summary>
internal sealed class StoreWitness(ILogger logger)
{
    private const int ReceiptsKept = 1000;
    private const int JobsPerLine = 50;

    private readonly Lock _lock = new();
    private readonly Queue<Receipt> _receipts = new();
    private Sighting _last;

    /// <summary>What is known now. Take it before a call is sent, since answers may overtake each other: only what was known then is compared with the answer.</summary>
    public Sighting Last
    {
        get
        {
            lock (_lock)
                return _last;
        }
    }

    /// <summary>The answer to a call that was sent when <paramref name="before"/> was known.</summary>
    public void Hear(Sighting before, StoreMark mark) => Hear(before, mark, reached: mark);

    /// <summary>The answer to an enqueue: what it acknowledged is remembered.</summary>
    public void HearEnqueued(Sighting before, EnqueueReply reply)
    {
        Hear(before, reply.Mark);
        Remember(reply.Jobs.Where(job => job.Outcome is EnqueueOutcome.Stored or EnqueueOutcome.Existed).Select(job => new Receipt(job.Id, 0, reply.Mark)));
    }

    /// <summary>The answer to an exchange: the ends that it acknowledged are remembered.</summary>
    public void HearSettled(Sighting before, ExchangeReply reply, IReadOnlyCollection<Settlement> settlements)
    {
        var lastFence = reply.Claims is [.., var last] ? last.Key.Fence : 0;
        Hear(before, reply.Mark, reached: reply.Mark.Max(new StoreMark(0, lastFence)));
        if (settlements.Count > 0)
            Remember(settlements.Select(settlement => settlement.Key).Except(reply.Refused).Select(key => new Receipt(key.JobId, key.Attempt, reply.Mark)));
    }

    private void Hear(Sighting before, StoreMark mark, StoreMark reached)
    {
        Receipt[] lost;
        lock (_lock)
        {
            // A call from before a setback may have been answered before it, too: it tells nothing of the store as it is now.
            if (before.Setbacks != _last.Setbacks)
                return;
            if (!mark.IsBehind(before.Mark))
            {
                _last = _last with { Mark = _last.Mark.Max(reached) };
                return;
            }
            _last = new Sighting(before.Setbacks + 1, reached);
            lost = [.. _receipts.Where(receipt => mark.IsBehind(receipt.Mark))];
            _receipts.Clear();
        }
        Report(before.Mark, mark, lost);
    }

    private void Remember(IEnumerable<Receipt> receipts)
    {
        lock (_lock)
        {
            foreach (var receipt in receipts)
            {
                if (_receipts.Count == ReceiptsKept)
                    _receipts.Dequeue();
                _receipts.Enqueue(receipt);
            }
        }
    }

    private void Report(StoreMark seen, StoreMark now, Receipt[] lost)
    {
        logger.StoreCameBackOlder(now == default ? "empty" : "older", seen.Ticket, seen.Fence, now.Ticket, now.Fence, lost.Length);
        foreach (var jobs in lost.Where(receipt => receipt.Attempt == 0).Select(receipt => receipt.JobId).Chunk(JobsPerLine))
            logger.EnqueuedJobsLost(string.Join(", ", jobs));
        foreach (var jobs in lost.Where(receipt => receipt.Attempt > 0).Select(receipt => $"{receipt.JobId} attempt {receipt.Attempt}").Chunk(JobsPerLine))
            logger.SettledJobsLost(string.Join(", ", jobs));
    }

    /// <summary>What the store acknowledged, and how far it had come then.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Attempt">The attempt that was settled; 0 if the job was enqueued.</param>
    /// <param name="Mark">The mark of the answer.</param>
    private readonly record struct Receipt(string JobId, int Attempt, StoreMark Mark);
}

/// <summary>What is known of how far a store has come.</summary>
/// <param name="Setbacks">How often it came back older.</param>
/// <param name="Mark">The largest mark seen since.</param>
internal readonly record struct Sighting(int Setbacks, StoreMark Mark);
