namespace Dibs.Reservations;

/// <summary>A resource that somebody holds or waits for. An idle one does not exist.</summary>
internal sealed class Resource(string name) : PendingEntry
{
    public string Name { get; } = name;

    /// <summary>Most shared holders; null is unlimited.</summary>
    public int? Capacity { get; set; }

    /// <summary>Those who hold it, by ticket.</summary>
    public PlaceList Holders { get; } = new();

    /// <summary>Those who wait for it, by ticket.</summary>
    public PlaceList Line { get; } = new();

    public bool IsIdle => Holders.Count == 0 && Line.Count == 0;

    /// <summary>The mode it is held in; null while nobody holds it.</summary>
    public ReservationMode? HeldMode => Holders.First?.Reservation.Mode;

    /// <summary>Whether the first in line could hold it now.</summary>
    public bool HeadFits => Line.First is { } head && Fits(head.Reservation.Mode);

    public bool Fits(ReservationMode mode) => mode switch
    {
        ReservationMode.Exclusive => Holders.Count == 0,
        ReservationMode.Shared => HeldMode != ReservationMode.Exclusive && (Capacity is null || Holders.Count < Capacity),
    };

    /// <summary>The place joins the line, or holds the resource at once when nobody waits and it fits.</summary>
    public void Join(Place place)
    {
        place.Resource = this;
        place.Held = Line.Count == 0 && Fits(place.Reservation.Mode);
        (place.Held ? Holders : Line).Append(place);
    }

    public void Leave(Place place)
    {
        (place.Held ? Holders : Line).Remove(place);
        place.Resource = null;
        place.Held = false;
    }

    /// <summary>The first in line becomes a holder.</summary>
    public Place GrantHead()
    {
        var head = Line.First!;
        Line.Remove(head);
        head.Held = true;
        Holders.Append(head);
        return head;
    }
}
