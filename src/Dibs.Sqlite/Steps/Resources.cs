using Dibs.Sqlite.Raw;

namespace Dibs.Sqlite.Steps;

/// <summary>The resources that a step touches: each is read once, and written once at its end.</summary>
internal sealed class Resources(Connection sql, long ns)
{
    private readonly Dictionary<string, ResourceRow> _rows = new(StringComparer.Ordinal);

    public ResourceRow Find(string name)
    {
        if (!_rows.TryGetValue(name, out var resource))
            _rows.Add(name, resource = Load(name));
        return resource;
    }

    /// <summary>Whether somebody waits and the first of them could hold the resource now.</summary>
    public bool HeadFits(ResourceRow resource) => resource.Waiting > 0 && resource.Fits(Head(resource).Mode);

    public LineHead Head(ResourceRow resource)
    {
        if (resource.Head is { } known)
            return known;
        using var row = sql.Use(Sql.LineFirst).Bind(ns).Bind(resource.Name);
        if (!row.Step())
            throw new InvalidOperationException($"Resource '{resource.Name}' counts {resource.Waiting} waiting jobs but its line is empty; run repair.");
        var head = new LineHead(row.Int64(0), row.Int32(1), (ReservationMode)row.Int32(2), row.Int64(3));
        resource.Head = head;
        return head;
    }

    public void Save()
    {
        foreach (var resource in _rows.Values)
        {
            if (!resource.IsChanged)
                continue;
            if (!resource.IsIdle)
                sql.Use(Sql.ResourceSave).Bind(ns).Bind(resource.Name).Bind(resource.Held).Bind(resource.Waiting).Bind(resource.Capacity).Run();
            else if (resource.IsStored)
                sql.Use(Sql.ResourceDelete).Bind(ns).Bind(resource.Name).Run();
        }
    }

    private ResourceRow Load(string name)
    {
        using var row = sql.Use(Sql.ResourceLoad).Bind(ns).Bind(name);
        return !row.Step() ? new ResourceRow(name) : new ResourceRow(name)
        {
            Held = row.Int32(0),
            Waiting = row.Int32(1),
            Capacity = row.Int32OrNull(2),
            Pending = row.Int64(3),
            IsStored = true,
        };
    }
}
