using System.Globalization;
using Dibs.Reservations;

namespace Dibs.Stores.Memory;

internal sealed partial class MemoryState
{
    /// <summary>
    /// Recomputes everything derived from the jobs and their places, all in one step. A drift here is a bug of the heart,
    /// which no repair mends.
    /// </summary>
    public VerifyReply Verify()
    {
        var drifts = new List<Drift>();
        foreach (var job in _jobs.Values)
            Verify(job, drifts);
        var places = _jobs.Values.SelectMany(job => job.Places).Where(place => place.Resource is not null).ToLookup(place => place.Reservation.Resource, StringComparer.Ordinal);
        foreach (var name in places.Select(group => group.Key).Union(_heart.Resources.Keys))
            Verify(name, [.. places[name].OrderBy(place => place.Job.Ticket)], drifts);
        return new VerifyReply(drifts, _jobs.Count + _heart.Resources.Count, null);
    }

    private void Verify(MemoryJob job, List<Drift> drifts)
    {
        var waiting = job.Places.Count(place => place.Resource is not null && !place.Held);
        Compare(drifts, "blockers", job.Id, job.Blockers, waiting);
        Compare(drifts, "ready", job.Id, _ready.Contains(job), job.State == JobState.Ready);
        var untold = job.After.Count(other => other.Dependents.Contains(job));
        Compare(drifts, "dependencies", job.Id, job.Dependencies, untold);
        if (job.Ended)
            Compare(drifts, "pending", job.Id, job.IsPending, job.Dependents.Count > 0);
    }

    private void Verify(string name, Place[] places, List<Drift> drifts)
    {
        if (!_heart.Resources.TryGetValue(name, out var resource))
        {
            Compare(drifts, "resource", name, "not stored", "stored");
            return;
        }
        Compare(drifts, "held", name, resource.Holders.Count, places.Count(place => place.Held));
        Compare(drifts, "resource", name, Tickets(resource.Line.Take(int.MaxValue)), Tickets(places.Where(place => !place.Held)));
        Compare(drifts, "pending", name, resource.IsPending, resource.HeadFits);
    }

    private static string Tickets(IEnumerable<Place> places) => string.Join(' ', places.Select(place => place.Job.Ticket));

    private static void Compare<T>(List<Drift> drifts, string kind, string subject, T stored, T expected)
    {
        if (!EqualityComparer<T>.Default.Equals(stored, expected))
            drifts.Add(new Drift(kind, subject, Convert.ToString(stored, CultureInfo.InvariantCulture)!, Convert.ToString(expected, CultureInfo.InvariantCulture)!));
    }
}
