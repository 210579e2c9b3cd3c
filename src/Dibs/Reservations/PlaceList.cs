namespace Dibs.Reservations;

/// <summary>
/// Places in the order of their tickets. Tickets only grow and resources are granted in their order, so a new place always
/// belongs at the end, and every change costs the same whatever the length.
/// </summary>
internal sealed class PlaceList
{
    public Place? First { get; private set; }
    public Place? Last { get; private set; }
    public int Count { get; private set; }

    public void Append(Place place)
    {
        place.Previous = Last;
        if (Last is null)
            First = place;
        else
            Last.Next = place;
        Last = place;
        Count++;
    }

    public void Remove(Place place)
    {
        if (place.Previous is null)
            First = place.Next;
        else
            place.Previous.Next = place.Next;
        if (place.Next is null)
            Last = place.Previous;
        else
            place.Next.Previous = place.Previous;
        place.Previous = place.Next = null;
        Count--;
    }

    public IEnumerable<Place> Take(int count)
    {
        for (var place = First; place is not null && count-- > 0; place = place.Next)
            yield return place;
    }
}
