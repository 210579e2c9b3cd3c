using Dibs.Faults;
using Dibs.Redis.Scripts;
using Dibs.Workers;
using StackExchange.Redis;

namespace Dibs.Redis.Connections;

/// <summary>
/// Runs scripts over one lane. What awaits them goes on where it was: a caller with a thread of its own must not come to need one
/// of the pool.
/// </summary>
/// <param name="failure">Explains what goes wrong.</param>
/// <param name="key">The key by which a cluster finds the server.</param>
/// <param name="gate">Bounds what has no answer yet; none where the caller has few calls anyway.</param>
/// <param name="thread">Where the calls block until they are answered; none for calls that need threads of the pool. The answers of the library's async calls always come by the pool.</param>
internal sealed class Caller(CommandFailure failure, string key, CallGate? gate, OwnThread? thread) : IDisposable
{
    /// <summary>Beside its arguments a call is about so large: hash, key and the framing of each.</summary>
    private const int CallBytes = 200;

    // Together less than a second: after that it is the caller's to decide whether to wait or to give up.
    private const int MostRepeats = 4;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    // A replica would refuse the script, or answer from the past.
    private const CommandFlags OnPrimary = CommandFlags.DemandMaster;

    private readonly RedisKey[] _keys = [key];

    /// <summary>The connection, once it is open.</summary>
    public IConnectionMultiplexer? Multiplexer { get; set; }

    /// <inheritdoc cref="RedisLink.RunAsync"/>
    public async ValueTask<RedisResult> RunAsync(Script script, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        var database = (Multiplexer ?? throw new InvalidOperationException("The store is not open.")).GetDatabase();
        var bytes = CallBytes + arguments.Sum(argument => argument.Length());
        if (gate is not null)
            await gate.EnterAsync(bytes, cancellationToken);
        var running = thread is null ? CallAsync() : thread.Run(CallAsync);
        FaultPoint.PassSteps();
        try
        {
            return await running.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (!running.IsCompleted)
        {
            // It goes on and keeps its place until it is answered; what it then throws is of interest to nobody.
            _ = running.ContinueWith(static failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            throw;
        }

        Task<RedisResult> CallAsync() => RunInsideAsync(database, script, arguments, bytes, cancellationToken);
    }

    /// <summary>Ends its thread.</summary>
    public void Dispose() => thread?.Dispose();

    private async Task<RedisResult> RunInsideAsync(IDatabase database, Script script, RedisValue[] arguments, long bytes, CancellationToken cancellationToken)
    {
        try
        {
            return await RepeatAsync(database, script, arguments, cancellationToken);
        }
        catch (Exception e) when (CommandFailure.IsOfRedis(e) && failure.From(e) is var error && error != e)
        {
            throw error;
        }
        finally
        {
            gate?.Leave(bytes);
        }
    }

    private async Task<RedisResult> RepeatAsync(IDatabase database, Script script, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        for (var repeats = 0; ; repeats++)
        {
            try
            {
                return await EvaluateAsync(database, script, arguments);
            }
            catch (RedisException e) when (repeats < MostRepeats && CommandFailure.MayPass(e))
            {
                // Jittered, so that the clients of a server that comes back do not come all at once.
                var pause = FirstPause * (1 << repeats) * (0.5 + Random.Shared.NextDouble() / 2);
                await Task.Delay(pause, thread?.Time ?? TimeProvider.System, cancellationToken);
            }
        }
    }

    private async Task<RedisResult> EvaluateAsync(IDatabase database, Script script, RedisValue[] arguments)
    {
        try
        {
            return thread is null
                ? await database.ScriptEvaluateAsync(script.Hash, _keys, arguments, OnPrimary)
                : database.ScriptEvaluate(script.Hash, _keys, arguments, OnPrimary);
        }
        catch (RedisServerException e) when (ReplyCode.Of(e) == "NOSCRIPT")
        {
            // Nothing ran. The server keeps the text from now on, until it is restarted or its scripts are flushed.
            object[] text = [script.Text, _keys.Length, _keys[0], .. arguments.Select(argument => (object)argument)];
            return thread is null ? await database.ExecuteAsync("EVAL", text, OnPrimary) : database.Execute("EVAL", text, OnPrimary);
        }
    }
}
