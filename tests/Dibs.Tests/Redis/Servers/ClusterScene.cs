using System.Globalization;
using Dibs.Tests.Support;

namespace Dibs.Tests.Redis.Servers;

/// <summary>A cluster of three primaries that share the slots, each with a replica that takes over when it is lost.</summary>
public sealed class ClusterScene : IAsyncDisposable
{
    private const int Primaries = 3;
    private const int Slots = 16_384;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private ClusterScene(RedisServer[] nodes) => Nodes = nodes;

    /// <summary>The primaries first, as it was started, then their replicas in the same order.</summary>
    public IReadOnlyList<RedisServer> Nodes { get; }

    /// <summary>The store address of Dibs.</summary>
    public string Address => $"redis+cluster://{string.Join(',', Nodes.Take(Primaries).Select(node => node.EndPoint))}";

    /// <summary>Starts the nodes, makes them a cluster, and waits until every node says that all is well.</summary>
    public static async Task<ClusterScene> StartAsync()
    {
        var nodes = await Task.WhenAll(Enumerable.Range(0, 2 * Primaries).Select(_ => RedisServer.StartAsync(new() { IsClusterNode = true, AppendOnly = "everysec" })));
        var scene = new ClusterScene(nodes);
        for (var n = 0; n < Primaries; n++)
            await nodes[n].AskAsync(["CLUSTER", "ADDSLOTS", .. SlotsOf(n)]);
        for (var n = 0; n < nodes.Length; n++)
        {
            await nodes[n].AskAsync("CLUSTER", "SET-CONFIG-EPOCH", Text(n + 1));
            await nodes[n].AskAsync("CLUSTER", "MEET", "127.0.0.1", Text(nodes[0].Port));
        }
        await scene.UntilAllSayAsync($"cluster_known_nodes:{nodes.Length}");
        for (var n = 0; n < Primaries; n++)
            await nodes[Primaries + n].AskAsync("CLUSTER", "REPLICATE", await nodes[n].AskAsync("CLUSTER", "MYID"));
        await scene.UntilAllSayAsync("cluster_state:ok");
        foreach (var replica in nodes[Primaries..])
            await Deadline.UntilAsync(() => replica.InfoAsync("master_link_status"), status => status == "up", Patience, "the replica follows");
        return scene;
    }

    /// <summary>The node that serves the slot of a key now, asked of a node that is alive.</summary>
    public async Task<RedisServer> PrimaryOfAsync(string key)
    {
        var alive = Nodes.First(node => node.IsRunning);
        var slot = int.Parse(await alive.AskAsync("CLUSTER", "KEYSLOT", key), CultureInfo.InvariantCulture);
        foreach (var line in (await alive.AskAsync("CLUSTER", "NODES")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split(' ');
            if (fields[2].Contains("master", StringComparison.Ordinal) && fields[8..].Any(range => Covers(range, slot)))
                return Nodes.Single(node => fields[1].StartsWith($"{node.EndPoint}@", StringComparison.Ordinal));
        }

        throw new InvalidOperationException($"No node serves slot {slot}.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
            await node.DisposeAsync();
    }

    private static IEnumerable<string> SlotsOf(int primary)
    {
        var (first, end) = (primary * Slots / Primaries, (primary + 1) * Slots / Primaries);
        return Enumerable.Range(first, end - first).Select(Text);
    }

    private static bool Covers(string range, int slot)
    {
        // Others, in brackets, tell of slots on the move.
        var ends = range.StartsWith('[') ? [] : range.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray();
        return ends is not [] && ends[0] <= slot && slot <= ends[^1];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task UntilAllSayAsync(string line)
    {
        foreach (var node in Nodes)
            await Deadline.UntilAsync(() => node.AskAsync("CLUSTER", "INFO"), info => info.Contains(line, StringComparison.Ordinal), Patience, $"every node says {line}");
    }
}
