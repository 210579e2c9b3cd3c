using System.Globalization;
using Dibs.Redis.Connections;
using StackExchange.Redis;

namespace Dibs.Redis.Scripts;

/// <summary>Runs steps on the server, each one script and one round trip.</summary>
/// <param name="link">The server.</param>
/// <param name="clock">Another clock than the server's, for tests.</param>
internal sealed class StepRunner(RedisLink link, TimeProvider? clock)
{
    /// <summary>Version of the form in which everything is kept.</summary>
    public const int Schema = 1;

    private const string SchemaError = "DIBSSCHEMA ";

    /// <summary>How a script publishes: sharded, or so that it counts who listens.</summary>
    private string Publishing => link.IsSharded ? "S" : "";

    public async ValueTask<StepReply> RunAsync(Script script, StepArguments arguments, Lane lane, CancellationToken cancellationToken)
    {
        try
        {
            return new StepReply(await link.RunAsync(script, arguments.With(Schema, clock?.GetUtcNow(), Publishing), lane, cancellationToken));
        }
        catch (RedisServerException failure) when (failure.Message.StartsWith(SchemaError, StringComparison.Ordinal))
        {
            throw OtherSchema(int.Parse(failure.Message.AsSpan(SchemaError.Length), CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Makes the namespace known, or finds it of our schema.</summary>
    /// <exception cref="DibsConfigurationException">It is of another schema.</exception>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        var found = (await RunAsync(Script.Open, new StepArguments(), Lane.Work, cancellationToken)).Int32();
        if (found is not (0 or Schema))
            throw OtherSchema(found);
    }

    private DibsConfigurationException OtherSchema(int found) => new("store-schema",
        $"the namespace in {link.Location} has schema {found}, this version of Dibs knows schema {Schema}; {(found > Schema ? "use the newer version" : "drain it with the older version first")}, or give another namespace");
}
