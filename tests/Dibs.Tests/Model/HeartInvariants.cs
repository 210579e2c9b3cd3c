using Dibs.Reservations;

namespace Dibs.Tests.Model;

/// <summary>What must hold between any two steps, recomputed from the list of jobs alone.</summary>
internal static class HeartInvariants
{
    public static string? FindBreach(Heart heart, IReadOnlyList<HeartJob> jobs)
    {
        var places = jobs.SelectMany(job => job.Places).Where(place => place.Resource is not null)
            .ToLookup(place => place.Reservation.Resource, StringComparer.Ordinal);
        foreach (var resource in heart.Resources.Values)
        {
            if (FindBreach(resource, [.. places[resource.Name].OrderBy(place => place.Job.Ticket)]) is { } breach)
                return $"{resource.Name}: {breach}";
        }

        foreach (var job in jobs)
        {
            if (job.Places.Count(place => place is { Resource: not null, Held: false }) != job.Blockers)
                return $"A job has {job.Blockers} blockers and does not wait in as many lines.";
            if (job.Ended && job.Places.Any(place => place.Resource is not null))
                return "A job that ended still holds or waits.";
        }

        return FindStuck(heart, jobs);
    }

    private static string? FindBreach(Resource resource, Place[] places)
    {
        var (holders, line) = (places.Where(place => place.Held).ToArray(), places.Where(place => !place.Held).ToArray());
        if (places.Length == 0)
            return "it is stored although it is idle";
        if (holders.Length > 1 && holders.Any(place => place.Reservation.Mode == ReservationMode.Exclusive))
            return "an exclusive holder is not alone";
        if (!resource.Holders.Take(int.MaxValue).SequenceEqual(holders) || resource.Holders.Count != holders.Length)
            return "its holders are not those who hold it, by ticket";
        if (!resource.Line.Take(int.MaxValue).SequenceEqual(line) || resource.Line.Count != line.Length)
            return "its line is not those who wait for it, by ticket";
        if (holders is [.., var last] && line is [var head, ..] && last.Job.Ticket > head.Job.Ticket)
            return $"ticket {last.Job.Ticket} holds it out of turn: ticket {head.Job.Ticket} waits";
        return resource.IsPending == resource.HeadFits
            ? null
            : $"its head {(resource.HeadFits ? "fits" : "does not fit")}, and pending it is {resource.IsPending}";
    }

    /// <summary>Without work pending, the smallest ticket is blocked by nobody: the proof that nothing can get stuck.</summary>
    private static string? FindStuck(Heart heart, IReadOnlyList<HeartJob> jobs) =>
        heart.PendingCount == 0 && jobs.Where(job => job.Ticket > 0).MinBy(job => job.Ticket) is { Blockers: > 0 } first
            ? $"Nothing is pending and the smallest ticket, {first.Ticket}, is blocked."
            : null;
}
