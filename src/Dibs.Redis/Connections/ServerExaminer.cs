using System.Diagnostics;
using Dibs.Redis.Addresses;
using StackExchange.Redis;

namespace Dibs.Redis.Connections;

/// <summary>Looks at a server when the store is opened, in two round trips, and refuses one that would lose jobs.</summary>
internal sealed class ServerExaminer(IConnectionMultiplexer multiplexer, CommandFailure failure, MissingRights rights, string location, string keys)
{
    /// <exception cref="DibsConfigurationException">It is none that Dibs can use.</exception>
    /// <exception cref="StoreException">It cannot be asked.</exception>
    public async Task<ServerFacts> ExamineAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (CommandFailure.IsOfRedis(e))
        {
            throw failure.From(e);
        }
    }

    private async Task<ServerFacts> AskAsync()
    {
        var server = await FindPrimaryAsync().ConfigureAwait(false);
        var isSharded = ServerFacts.HasShardedChannels(server.ServerType == ServerType.Cluster, server.Version);
        // All questions are sent before the first answer is awaited.
        var time = ClockOffsetAsync(server);
        var save = AskAsync(server, "CONFIG", "GET", "save");
        var found = await RightsCheck.RunAsync(multiplexer.GetDatabase(), $"{keys}:check", $"{keys}:hint:check", isSharded).ConfigureAwait(false);
        var facts = new ServerInfo(found.Info).ToFacts(server) with
        {
            ClockOffset = await time.ConfigureAwait(false),
            Snapshots = await save.ConfigureAwait(false) is { Length: 2 } pair ? ((string?)pair[1])?.Length > 0 : null,
            IsReadOnlyUser = found.IsReadOnly,
        };
        var verdict = new ServerVerdict(location, rights.User, facts);
        verdict.Require();
        found.Require(rights);
        return facts with { Warnings = verdict.Warnings() };
    }

    private static async Task<TimeSpan?> ClockOffsetAsync(IServer server)
    {
        var clock = Stopwatch.StartNew();
        var sent = TimeProvider.System.GetUtcNow();
        try
        {
            var time = await server.TimeAsync().ConfigureAwait(false);
            return time - (sent + clock.Elapsed / 2).UtcDateTime;
        }
        catch (RedisServerException e) when (ReplyCode.Of(e) == "NOPERM")
        {
            return null;
        }
    }

    // The server that keeps the namespace; any other one is of no interest.
    private async Task<IServer> FindPrimaryAsync()
    {
        var servers = multiplexer.GetServers().Where(server => server.IsConnected).ToArray();
        if (servers.Length > 0 && servers.All(server => server.IsReplica))
            throw new DibsConfigurationException("store-read-only", $"the store {location} is a replica, which takes no changes; connect to the primary, or to the sentinels or the cluster, which name it");
        var database = multiplexer.GetDatabase();
        if (database.Database != 0 && servers.Any(server => server.ServerType == ServerType.Cluster))
            throw AddressRules.ClusterDatabase(database.Database);
        // By a call the library finds the server, or says why there is none, as it does not when it is only asked for it.
        RedisKey key = $"{keys}:meta";
        await database.KeyExistsAsync(key, CommandFlags.DemandMaster).ConfigureAwait(false);
        return multiplexer.GetServer(key, flags: CommandFlags.DemandMaster);
    }

    /// <summary>The answer, or none where the user or the operator of the server does not allow the question.</summary>
    private static async Task<RedisResult?> AskAsync(IServer server, string command, params object[] arguments)
    {
        try
        {
            return await server.ExecuteAsync(command, arguments).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisCommandException || (e is RedisServerException reply && ReplyCode.Of(reply) is "NOPERM" or "ERR"))
        {
            return null;
        }
    }
}
