using System.Diagnostics;
using StackExchange.Redis;

namespace Dibs.Redis.Connections;

/// <summary>Looks at a server when the store is opened, in two round trips, and refuses one that would lose jobs.</summary>
internal sealed class ServerExaminer(IConnectionMultiplexer multiplexer, CommandFailure failure, MissingRights rights, string location, string keys)
{
    private readonly string _key = $"{keys}:check";

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
        var server = Primary();
        var clock = Stopwatch.StartNew();
        var sent = TimeProvider.System.GetUtcNow();
        var time = server.TimeAsync();
        var info = AskAsync(server, "INFO");
        var save = AskAsync(server, "CONFIG", "GET", "save");
        var whoAmI = AskAsync(server, "ACL", "WHOAMI");
        rights.User = await whoAmI.ConfigureAwait(false) is { } user ? (string?)user ?? rights.User : rights.User;
        var offset = await time.ConfigureAwait(false) - (sent + clock.Elapsed / 2).UtcDateTime;
        var facts = new ServerInfo(await info.ConfigureAwait(false) is { } text ? (string?)text : null).ToFacts(server) with
        {
            ClockOffset = offset,
            Snapshots = await save.ConfigureAwait(false) is { Length: 2 } pair ? ((string?)pair[1])?.Length > 0 : null,
        };
        var verdict = new ServerVerdict(location, facts);
        verdict.Require();
        var isReadOnly = await new RightsCheck(multiplexer.GetDatabase(), rights, _key, $"{keys}:hint:check", facts.IsSharded).IsReadOnlyAsync().ConfigureAwait(false);
        return facts with { Warnings = verdict.Warnings(), IsReadOnlyUser = isReadOnly };
    }

    // The server that keeps the namespace; any other one is of no interest.
    private IServer Primary()
    {
        var connected = multiplexer.GetServers().Where(server => server.IsConnected).ToArray();
        if (connected.Length > 0 && connected.All(server => server.IsReplica))
            throw new DibsConfigurationException("store-read-only", $"the store {location} is a replica, which takes no changes; connect to the primary, or to the sentinels or the cluster, which name it");
        if (connected.Any(server => server.ServerType == ServerType.Sentinel))
            throw new StoreException("store-protocol", $"the store {location} is a sentinel and keeps no data; write redis+sentinel://HOST,HOST/SERVICE");
        return multiplexer.GetServer((RedisKey)_key, flags: CommandFlags.DemandMaster);
    }

    /// <summary>The answer, or none where the user or the operator of the server does not allow the question.</summary>
    private static async Task<RedisResult?> AskAsync(IServer server, string command, params object[] arguments)
    {
        try
        {
            return await server.ExecuteAsync(command, arguments).ConfigureAwait(false);
        }
        catch (RedisServerException e) when (ReplyCode.Of(e) is "NOPERM" or "ERR")
        {
            return null;
        }
    }
}
