using System.Text.RegularExpressions;
using StackExchange.Redis;

namespace Dibs.Redis.Connections;

/// <summary>The first word of an error that a server answers, by which Redis tells errors apart.</summary>
internal static partial class ReplyCode
{
    /// <summary>The code; of an error inside of a script, that of the command that failed.</summary>
    public static string Of(RedisServerException error)
    {
        if (IsScriptRight().IsMatch(error.Message))
            return "NOPERM";
        // Redis 6.2 wraps what a command in a script answered; later ones hand it through.
        var wrapped = Wrapped().Match(error.Message);
        return wrapped.Success ? wrapped.Groups["code"].Value : First().Match(error.Message).Groups["code"].Value;
    }

    // Within a script Redis 7 answers missing rights as an ordinary error.
    [GeneratedRegex("The user executing the script can't|ACL failure in script", RegexOptions.CultureInvariant)]
    private static partial Regex IsScriptRight();

    [GeneratedRegex("^ERR Error running script .*?: -(?<code>[A-Z]+) ", RegexOptions.CultureInvariant)]
    private static partial Regex Wrapped();

    [GeneratedRegex("^(?:SimpleError: )?(?<code>[A-Z]+)", RegexOptions.CultureInvariant)]
    private static partial Regex First();
}
