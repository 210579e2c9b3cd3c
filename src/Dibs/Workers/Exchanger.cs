using Dibs.Clients;
using Dibs.Stores;
using Dibs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dibs.Workers;

/// <summary>Makes exchanges with the store, one at a time, each repeated under its number until it is answered.</summary>
internal sealed class Exchanger(IJobStore store, StoreWitness witness, Incarnation incarnation, Slots slots, Outage outage, Surroundings surroundings, ILogger logger)
{
    private readonly Backoff _backoff = new(surroundings);

    /// <summary>Settles what ended and claims what is wanted. What was settled has left its slots.</summary>
    public async Task<ExchangeReply> ExchangeAsync(Settlement[] ended, int wanted, CancellationToken giveUp)
    {
        var identity = incarnation.Current;
        // The answer may be the one that the store kept from the first try, so it is compared with what was known before that.
        var before = witness.Last;
        var reply = await SendAsync(new ExchangeRequest { Incarnation = identity.Id, Number = ++identity.Exchanges, Settlements = ended, Claims = wanted }, giveUp);
        witness.HearSettled(before, reply, ended);
        foreach (var settlement in ended)
            slots.Remove(settlement.Key);
        logger.SettlementsRefused(reply.Refused);
        outage.Settled(ended.Length - reply.Refused.Count, reply.Refused.Count);
        outage.Answered(StoreDuties.Exchange);
        if (!reply.Known)
            await RegisterAgainAsync(identity, giveUp);
        return reply;
    }

    private async Task<ExchangeReply> SendAsync(ExchangeRequest request, CancellationToken giveUp)
    {
        while (true)
        {
            try
            {
                var reply = await store.ExchangeAsync(request, giveUp);
                _backoff.Reset();
                return reply;
            }
            catch (StoreException failure)
            {
                outage.Failed(StoreDuties.Exchange, failure);
                await surroundings.Delay(_backoff.Next(), giveUp);
            }
        }
    }

    private async Task RegisterAgainAsync(Incarnation.Identity unknown, CancellationToken giveUp)
    {
        try
        {
            await incarnation.BeginAgainAsync(unknown, giveUp);
        }
        catch (StoreException failure)
        {
            // The next heartbeat is told again that we are unknown.
            outage.Failed(StoreDuties.Heartbeat, failure);
        }
    }
}
