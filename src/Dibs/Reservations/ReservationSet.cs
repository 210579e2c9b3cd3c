namespace Dibs.Reservations;

/// <summary>The one form in which the reservations of a job are stored: sorted by resource, no resource twice, exclusive absorbs shared and its capacity.</summary>
internal static class ReservationSet
{
    /// <summary>Of several shared claims on one resource, the smallest capacity counts.</summary>
    public static IReadOnlyList<Reservation> From(IEnumerable<string> exclusive, IEnumerable<SharedResource> shared)
    {
        var set = new SortedDictionary<string, Reservation>(StringComparer.Ordinal);
        foreach (var name in exclusive)
            set[name] = new Reservation(name, ReservationMode.Exclusive);
        foreach (var (name, capacity) in shared)
        {
            if (!set.TryGetValue(name, out var known))
                set[name] = new Reservation(name, ReservationMode.Shared, capacity);
            else if (known.Mode == ReservationMode.Shared && capacity is not null && !(known.Capacity <= capacity))
                set[name] = known with { Capacity = capacity };
        }
        return [.. set.Values];
    }
}
