using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Dibs.Jobs;

namespace Dibs;

/// <summary>A call to store, with its options: what <see cref="IJobClient.EnqueueManyAsync"/> takes many of.</summary>
[RequiresUnreferencedCode("Methods and their arguments are found by reflection.")]
[RequiresDynamicCode("Methods and their arguments are found by reflection.")]
public abstract class JobRequest
{
    private protected JobRequest(JobOptions? options) => Options = options ?? new JobOptions();

    /// <summary>What the job is given besides its call.</summary>
    public JobOptions Options { get; }

    /// <summary>
    /// A call of a public static method: <c>() => Reports.Build(42)</c>. Write <c>default</c> for <see cref="CancellationToken"/>,
    /// <see cref="JobContext"/> and <c>[FromServices]</c> parameters. A task that the method returns is awaited when the job runs.
    /// </summary>
    public static JobRequest Call(Expression<Action> call, JobOptions? options = null) => Of(call, options);

    /// <inheritdoc cref="Call(Expression{Action}, JobOptions?)"/>
    public static JobRequest Call<TResult>(Expression<Func<TResult>> call, JobOptions? options = null) => Of(call, options);

    /// <summary>A call of a public method of a service, resolved when the job runs: <c>(Reports r) => r.BuildAsync(42, default)</c>.</summary>
    public static JobRequest Call<T>(Expression<Action<T>> call, JobOptions? options = null) => Of(call, options);

    /// <inheritdoc cref="Call{T}(Expression{Action{T}}, JobOptions?)"/>
    public static JobRequest Call<T>(Expression<Func<T, Task>> call, JobOptions? options = null) => Of(call, options);

    /// <inheritdoc cref="Call{T}(Expression{Action{T}}, JobOptions?)"/>
    public static JobRequest Call<T>(Expression<Func<T, ValueTask>> call, JobOptions? options = null) => Of(call, options);

    /// <inheritdoc cref="Call{T}(Expression{Action{T}}, JobOptions?)"/>
    public static JobRequest Call<T, TResult>(Expression<Func<T, TResult>> call, JobOptions? options = null) => Of(call, options);

    /// <summary>A call of a public static method by a delegate of it, with arguments by position and by parameter name.</summary>
    public static JobRequest Method(
        Delegate method, IReadOnlyList<object?>? args = null, IReadOnlyDictionary<string, object?>? kwargs = null, JobOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(method);
        return new DelegateRequest(method, args, kwargs, options);
    }

    /// <summary>A call of a method by its stored name, with arguments by position and by parameter name.</summary>
    public static JobRequest Method(
        string method, IReadOnlyList<object?>? args = null, IReadOnlyDictionary<string, object?>? kwargs = null, JobOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(method);
        return new NamedRequest(method, args, kwargs, options);
    }

    /// <summary>A program with its arguments, run by workers that allow commands; exit code 0 completes the job.</summary>
    /// <param name="command">Program and arguments.</param>
    /// <param name="env">Environment variables set beside those of the worker. Stored with the job, never shown.</param>
    /// <param name="options">What the job is given besides.</param>
    public static JobRequest Command(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? env = null, JobOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(command);
        return new CommandRequest(command, env, options);
    }

    internal static JobRequest Of(LambdaExpression call, JobOptions? options)
    {
        ArgumentNullException.ThrowIfNull(call);
        return new ExpressionRequest(call, options);
    }

    /// <summary>Reads the call, and checks it against the catalog if there is one.</summary>
    internal abstract JobCall Read(MethodCatalog? catalog);
}
