using StackExchange.Redis;

namespace Dibs.Redis.Connections;

/// <summary>Turns what went wrong with a call into the error that Dibs reports.</summary>
/// <param name="address">The store; none for a multiplexer of the application.</param>
/// <param name="location">The store as people may see it.</param>
/// <param name="rights">Names missing rights.</param>
internal sealed class CommandFailure(RedisAddress? address, string location, MissingRights rights)
{
    private string Store => $"the store {location}";

    /// <summary>It was certainly not done, and may be possible in a moment.</summary>
    public static bool MayPass(Exception error) => error switch
    {
        RedisServerException server => ReplyCode.Of(server) is "LOADING" or "CLUSTERDOWN" or "MASTERDOWN" or "TRYAGAIN",
        RedisConnectionException connection => IsUnsent(connection.CommandStatus),
        _ => false,
    };

    /// <summary>It comes from StackExchange.Redis, whose exceptions have no base of their own.</summary>
    public static bool IsOfRedis(Exception error) => error is RedisException or RedisTimeoutException or RedisCommandException;

    /// <summary>The error for an exception of StackExchange.Redis; the exception itself where it is a script's own error.</summary>
    public Exception From(Exception error) => error switch
    {
        RedisTimeoutException timeout => FromTimeout(timeout),
        RedisServerException server => FromServer(server),
        RedisConnectionException connection => FromConnection(connection),
        RedisCommandException command => FromCommand(command),
        _ => new StoreException("store-failed", $"{Store} cannot be used ({FirstSentence(error)}); see that it is a Redis of version 6.2 or later", outcomeUnknown: true, error),
    };

    private StoreException FromTimeout(RedisTimeoutException error)
    {
        var isSent = !IsUnsent(error.Commandstatus);
        return new("store-timeout", isSent
            ? $"{Store} did not answer in time, so that it is not known whether the step was done; see that the server is neither frozen nor overloaded, and try again"
            : $"{Store} took no command in time, and nothing was done; see that the server is neither frozen nor overloaded, and try again", isSent, error);
    }

    private Exception FromServer(RedisServerException error) => ReplyCode.Of(error) switch
    {
        "OOM" => new StoreException("store-full", $"{Store} is full: its memory has reached 'maxmemory', and it takes no new jobs; raise maxmemory, or remove finished jobs (dibs purge)", inner: error),
        "READONLY" => new StoreException("store-read-only", $"{Store} is a replica, which takes no changes; connect to the primary, or to the sentinels or the cluster, which name it", inner: error),
        "LOADING" => new StoreException("store-loading", $"{Store} is starting and still loads its data; try again in a moment", inner: error),
        "BUSY" => new StoreException("store-busy", $"{Store} is busy with somebody's script that does not end, and did nothing; end it with SCRIPT KILL, and try again", inner: error),
        "CLUSTERDOWN" or "MASTERDOWN" or "TRYAGAIN" => new StoreException("store-unreachable", $"{Store} has no server for this namespace at the moment ({FirstSentence(error)}); see that its servers run, and try again", inner: error),
        "NOREPLICAS" => new StoreException("store-no-replicas", $"{Store} has fewer replicas than its setting 'min-replicas-to-write' asks for, and takes no changes; start them, or lower the setting", inner: error),
        "MISCONF" => new StoreException("store-not-saving", $"{Store} cannot write its data to its disk, and takes no changes; see the log of the server and its disk", inner: error),
        "WRONGTYPE" => new StoreException("store-foreign", $"{Store} has something of another program under a key of Dibs; 'dibs verify' names it, 'dibs repair' removes it and puts back what belongs there", inner: error),
        "NOAUTH" or "WRONGPASS" => ConnectFailure.Password(Store, address, error),
        "NOPERM" => rights.From(error),
        "ERR" when error.Message.Contains("DB index", StringComparison.Ordinal) => NoSuchDatabase(error),
        _ => error,
    };

    private StoreException FromConnection(RedisConnectionException error)
    {
        var isUnknown = !IsUnsent(error.CommandStatus);
        var cause = error.GetBaseException() is { } inner && inner != error ? $" ({FirstSentence(inner)})" : "";
        return new("store-unreachable", isUnknown
            ? $"{Store} was lost before it answered{cause}, so that it is not known whether the step was done; it is connected again by itself, try again"
            : $"{Store} is not connected{cause}, and nothing was done; see that the server runs, it is connected again by itself", isUnknown, error);
    }

    private Exception FromCommand(RedisCommandException error)
    {
        if (error.Message.StartsWith("The database does not exist", StringComparison.Ordinal))
            return NoSuchDatabase(error);
        return error.Message.StartsWith("Command cannot be issued to a replica", StringComparison.Ordinal)
            ? new StoreException("store-read-only", $"{Store} is a replica, which takes no changes; connect to the primary, or to the sentinels or the cluster, which name it", inner: error)
            : new StoreException("store-failed", $"{Store} cannot be used ({FirstSentence(error)}); see that it is a Redis of version 6.2 or later", inner: error);
    }

    private DibsConfigurationException NoSuchDatabase(Exception error) => new("store-database",
        $"{Store} has no such database; use a smaller number, or raise the server's setting 'databases'", error);

    private static bool IsUnsent(CommandStatus status) => status is CommandStatus.WaitingToBeSent or CommandStatus.WaitingInBacklog;

    private static string FirstSentence(Exception error) => error.Message.Split([", mc:", "\n"], StringSplitOptions.None)[0].Trim().TrimEnd('.');
}
