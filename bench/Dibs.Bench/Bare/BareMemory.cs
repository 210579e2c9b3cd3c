namespace Dibs.Bench.Bare;

/// <summary>A dictionary and a queue.</summary>
internal sealed class BareMemory : IBareStore
{
    private readonly Waker _waker;
    private Dictionary<string, Row> _rows = new(StringComparer.Ordinal);
    private Queue<Row> _ready = new();

    public BareMemory() => _waker = new Waker(() => _ready.Dequeue().State = 1);

    public double Insert(int rows, int atATime)
    {
        var ids = Ids(rows);
        Clear();
        var lap = Lap.Start();
        foreach (var id in ids)
            Add(id);
        return lap.Seconds / rows;
    }

    public double Pass(int rows, int insertsAtATime, int exchanged)
    {
        var ids = Ids(rows);
        Clear();
        var claimed = new List<Row>(exchanged);
        var lap = Lap.Start();
        foreach (var id in ids)
            Add(id);
        while (_rows.Count > 0)
        {
            foreach (var row in claimed)
                _rows.Remove(row.Id);
            claimed.Clear();
            while (claimed.Count < exchanged && _ready.TryDequeue(out var row))
            {
                row.State = 1;
                claimed.Add(row);
            }
        }
        return lap.Seconds / rows;
    }

    public double PickUp()
    {
        Clear();
        var id = Ids(1)[0];
        var lap = Lap.Start();
        Add(id);
        _waker.Wake();
        return lap.Seconds;
    }

    public double BytesPerRow(int rows)
    {
        Clear();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var id in Ids(rows))
            Add(id);
        return (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / rows;
    }

    public void Dispose() => _waker.Dispose();

    private static string[] Ids(int rows) => [.. Enumerable.Range(0, rows).Select(i => $"bench-{i:D12}")];

    private void Clear() => (_rows, _ready) = (new Dictionary<string, Row>(StringComparer.Ordinal), new Queue<Row>());

    private void Add(string id)
    {
        var row = new Row(id);
        _rows.Add(id, row);
        _ready.Enqueue(row);
    }

    private sealed class Row(string id)
    {
        public string Id => id;
        public int State { get; set; }
    }
}
