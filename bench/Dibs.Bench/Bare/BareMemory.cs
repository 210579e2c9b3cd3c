namespace Dibs.Bench.Bare;

/// <summary>A dictionary and a queue.</summary>
internal sealed class BareMemory : IBareStore
{
    private readonly Waker _waker;
    private Dictionary<string, Row> _rows = new(StringComparer.Ordinal);
    private Queue<Row> _ready = new();

    public BareMemory() => _waker = new Waker(() => _ready.Dequeue().State = 1);

    public Task<double> InsertAsync(int rows, int callers, int perStep, CancellationToken cancellationToken)
    {
        var ids = Ids(rows);
        Clear();
        var lap = Lap.Start();
        foreach (var id in ids)
            Add(id);
        return Task.FromResult(lap.Seconds / rows);
    }

    public Task<double> PassAsync(BarePass pass, CancellationToken cancellationToken)
    {
        var ids = Ids(pass.Rows);
        Clear();
        var claimed = new List<Row>(pass.PerExchange);
        var lap = Lap.Start();
        foreach (var id in ids)
            Add(id);
        while (_rows.Count > 0)
        {
            foreach (var row in claimed)
                _rows.Remove(row.Id);
            claimed.Clear();
            while (claimed.Count < pass.PerExchange && _ready.TryDequeue(out var row))
            {
                row.State = 1;
                claimed.Add(row);
            }
        }
        return Task.FromResult(lap.Seconds / pass.Rows);
    }

    public Task<double> PickUpAsync()
    {
        Clear();
        var id = Ids(1)[0];
        var lap = Lap.Start();
        Add(id);
        _waker.Wake();
        return Task.FromResult(lap.Seconds);
    }

    public Task<double> BytesPerRowAsync(int rows, int body, CancellationToken cancellationToken)
    {
        Clear();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var id in Ids(rows))
            Add(id, new byte[body]);
        return Task.FromResult((double)(GC.GetTotalMemory(forceFullCollection: true) - before) / rows);
    }

    public ValueTask DisposeAsync()
    {
        _waker.Dispose();
        return default;
    }

    private static string[] Ids(int rows) => [.. Enumerable.Range(0, rows).Select(i => $"bench-{i:D12}")];

    private void Clear() => (_rows, _ready) = (new Dictionary<string, Row>(StringComparer.Ordinal), new Queue<Row>());

    private void Add(string id, byte[]? body = null)
    {
        var row = new Row(id, body);
        _rows.Add(id, row);
        _ready.Enqueue(row);
    }

    private sealed class Row(string id, byte[]? body)
    {
        public string Id => id;
        public byte[]? Body => body;
        public int State { get; set; }
    }
}
