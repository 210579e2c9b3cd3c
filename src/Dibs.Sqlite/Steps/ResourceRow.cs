namespace Dibs.Sqlite.Steps;

/// <summary>The head of the line of a resource.</summary>
internal readonly record struct LineHead(long Job, int N, ReservationMode Mode, long Ticket);

/// <summary>A resource during one step. An idle one is not stored.</summary>
internal sealed class ResourceRow(string name)
{
    public string Name { get; } = name;

    /// <summary>Number of holders.</summary>
    public int Holders { get; set; }

    /// <summary>Whether the one holder is exclusive.</summary>
    public bool IsExclusive { get; set; }

    /// <summary>Length of the line.</summary>
    public int Waiting { get; set; }

    /// <summary>Most shared holders; null is unlimited.</summary>
    public int? Capacity { get; set; }

    /// <summary>The head of the line as far as known; null when it has to be read.</summary>
    public LineHead? Head { get; set; }

    /// <summary>Its number among the pending; 0 while it is not among them.</summary>
    public long Pending { get; set; }

    public bool IsStored { get; set; }

    public bool IsChanged { get; set; }

    public bool IsIdle => Holders == 0 && Waiting == 0;

    /// <summary>As it is stored: the number of shared holders, or −1 for an exclusive one.</summary>
    public int Held
    {
        get => IsExclusive ? -1 : Holders;
        init => (Holders, IsExclusive) = value < 0 ? (1, true) : (value, false);
    }

    public bool Fits(ReservationMode mode) => mode switch
    {
        ReservationMode.Exclusive => Holders == 0,
        ReservationMode.Shared => !IsExclusive && (Capacity is null || Holders < Capacity),
    };

    /// <summary>A new place holds the resource at once when nobody waits and it fits; else it joins the line.</summary>
    /// <returns>Whether it holds it.</returns>
    public bool Join(ReservationMode mode)
    {
        if (Waiting == 0 && Fits(mode))
        {
            Hold(mode);
            return true;
        }
        Waiting++;
        IsChanged = true;
        return false;
    }

    public void Leave(bool held)
    {
        IsChanged = true;
        if (held)
        {
            Holders--;
            IsExclusive = false;
        }
        else
        {
            Waiting--;
            Head = null;
        }
    }

    /// <summary>The head of the line becomes a holder.</summary>
    public void GrantHead(ReservationMode mode)
    {
        Waiting--;
        Head = null;
        Hold(mode);
    }

    private void Hold(ReservationMode mode)
    {
        IsChanged = true;
        Holders++;
        IsExclusive = mode == ReservationMode.Exclusive;
    }
}
