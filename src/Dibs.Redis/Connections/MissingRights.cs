using System.Text.RegularExpressions;
using StackExchange.Redis;

namespace Dibs.Redis.Connections;

/// <summary>Names the right that a user of the server lacks, and the rule that gives it.</summary>
/// <param name="location">The store as people may see it.</param>
/// <param name="user">The user's name at the server.</param>
/// <param name="keys">What every key and channel of the namespace begins with.</param>
internal sealed partial class MissingRights(string location, string user, string keys)
{
    /// <summary>The name of the user at the server.</summary>
    public string User => user;

    private string KeyRule => $"~{keys}:*";

    private string ChannelRule => $"&{keys}:*";

    /// <summary>The error for what a server answered to a user without the right.</summary>
    public DibsConfigurationException From(RedisServerException error)
    {
        if (Command().Match(error.Message) is { Success: true } command)
            return ToRun([command.Groups["name"].Value], error);
        if (error.Message.Contains("channel", StringComparison.Ordinal))
            return Lacking($"to use the channels '{keys}:*'", ChannelRule, error);
        return error.Message.Contains("key", StringComparison.Ordinal)
            ? Lacking($"to use the keys '{keys}:*'", KeyRule, error)
            : Lacking("to run a command", $"+@read +@write +@scripting +@pubsub +time {KeyRule} {ChannelRule}", error);
    }

    /// <summary>The error for commands that the user may not run.</summary>
    public DibsConfigurationException ToRun(IReadOnlyList<string> commands, Exception? inner = null) =>
        Lacking($"to run {string.Join(", ", commands.Select(command => $"'{command.ToLowerInvariant()}'"))}", string.Join(' ', commands.Select(command => $"+{command.ToLowerInvariant()}")), inner);

    private DibsConfigurationException Lacking(string what, string rule, Exception? inner) =>
        new("store-rights", $"the user of the store {location} lacks the right {what}; add it: ACL SETUSER {user} {rule}", inner);

    [GeneratedRegex("run the '(?<name>[^']+)' command", RegexOptions.CultureInvariant)]
    private static partial Regex Command();
}
