using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;

namespace Dibs;

/// <summary>
/// The ways to enqueue one job. Any public method can be called, static or of a service, synchronous or not, with nothing
/// declared on it; constants and captured variables become its stored arguments. Write <c>default</c> for
/// <see cref="CancellationToken"/>, <see cref="JobContext"/> and <c>[FromServices]</c> parameters: they are filled in when the
/// job runs.
/// </summary>
/// <remarks>
/// All of them throw <see cref="JobRefusedException"/> when the job cannot be stored as it is (the message names value,
/// limit and remedy; nothing was stored), <see cref="JobConflictException"/> when its id is taken by other content or a
/// dependency does not exist, and <see cref="StoreException"/> when the store fails, which says whether the job may have
/// been stored. Repeating with the same <see cref="JobOptions.Id"/> within 30 seconds of the first try returns the one job.
/// </remarks>
[RequiresUnreferencedCode("Methods and their arguments are found by reflection.")]
[RequiresDynamicCode("Methods and their arguments are found by reflection.")]
public static class EnqueueExtensions
{
    /// <summary>Enqueues a call of a static method that returns nothing.</summary>
    public static Task<Job> EnqueueAsync(
        this IJobClient jobs, Expression<Action> call, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        jobs.EnqueueCallAsync(call, options, cancellationToken);

    /// <summary>Enqueues a call of a static method that returns a task.</summary>
    public static Task<Job> EnqueueAsync(
        this IJobClient jobs, Expression<Func<Task>> call, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        jobs.EnqueueCallAsync(call, options, cancellationToken);

    /// <summary>Enqueues a call of a static method that returns a value task.</summary>
    public static Task<Job> EnqueueAsync(
        this IJobClient jobs, Expression<Func<ValueTask>> call, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        jobs.EnqueueCallAsync(call, options, cancellationToken);

    /// <summary>Enqueues a call of a static method that returns a value.</summary>
    public static Task<Job<TResult>> EnqueueAsync<TResult>(
        this IJobClient jobs, Expression<Func<TResult>> call, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        jobs.EnqueueCallAsync<TResult>(call, options, cancellationToken);

    /// <summary>Enqueues a call of a static method that returns a value by a task.</summary>
    public static Task<Job<TResult>> EnqueueAsync<TResult>(
        this IJobClient jobs, Expression<Func<Task<TResult>>> call, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        jobs.EnqueueCallAsync<TResult>(call, options, cancellationToken);

    /// <summary>Enqueues a call of a static method that returns a value by a value task.</summary>
    public static Task<Job<TResult>> EnqueueAsync<TResult>(
        this IJobClient jobs, Expression<Func<ValueTask<TResult>>> call, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        jobs.EnqueueCallAsync<TResult>(call, options, cancellationToken);

    /// <summary>Enqueues a call of a service's method that returns nothing.</summary>
    public static Task<Job> EnqueueAsync<T>(
        this IJobClient jobs, Expression<Action<T>> call, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        jobs.EnqueueCallAsync(call, options, cancellationToken);

    /// <summary>Enqueues a call of a service's method that returns a task.</summary>
    public static Task<Job> EnqueueAsync<T>(
        this IJobClient jobs, Expression<Func<T, Task>> call, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        jobs.EnqueueCallAsync(call, options, cancellationToken);

    /// <summary>Enqueues a call of a service's method that returns a value task.</summary>
    public static Task<Job> EnqueueAsync<T>(
        this IJobClient jobs, Expression<Func<T, ValueTask>> call, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        jobs.EnqueueCallAsync(call, options, cancellationToken);

    /// <summary>Enqueues a call of a service's method that returns a value.</summary>
    public static Task<Job<TResult>> EnqueueAsync<T, TResult>(
        this IJobClient jobs, Expression<Func<T, TResult>> call, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        jobs.EnqueueCallAsync<TResult>(call, options, cancellationToken);

    /// <summary>Enqueues a call of a service's method that returns a value by a task.</summary>
    public static Task<Job<TResult>> EnqueueAsync<T, TResult>(
        this IJobClient jobs, Expression<Func<T, Task<TResult>>> call, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        jobs.EnqueueCallAsync<TResult>(call, options, cancellationToken);

    /// <summary>Enqueues a call of a service's method that returns a value by a value task.</summary>
    public static Task<Job<TResult>> EnqueueAsync<T, TResult>(
        this IJobClient jobs, Expression<Func<T, ValueTask<TResult>>> call, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        jobs.EnqueueCallAsync<TResult>(call, options, cancellationToken);

    /// <summary>Enqueues a call of a public static method that has these resources for itself while it runs.</summary>
    /// <param name="jobs">The client.</param>
    /// <param name="method">A method group, such as <c>Repositories.Sync</c>.</param>
    /// <param name="resources">Names of what it touches; more can stand in <paramref name="options"/>.</param>
    /// <param name="args">Arguments by position, without those filled in when the job runs.</param>
    /// <param name="kwargs">Arguments by parameter name.</param>
    /// <param name="options">What the job is given besides.</param>
    /// <param name="cancellationToken">Gives up the enqueue, not the job.</param>
    public static Task<Job> EnqueueWithReservationAsync(
        this IJobClient jobs, Delegate method, IReadOnlyList<string> resources, IReadOnlyList<object?>? args = null,
        Dictionary<string, object?>? kwargs = null, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        jobs.EnqueueOneAsync(JobRequest.Method(method, args, kwargs, Reserve(options, resources)), cancellationToken);

    /// <summary>Enqueues a call of a method, by its stored name, that has these resources for itself while it runs.</summary>
    /// <inheritdoc cref="EnqueueWithReservationAsync(IJobClient, Delegate, IReadOnlyList{string}, IReadOnlyList{object?}?, Dictionary{string, object?}?, JobOptions?, CancellationToken)"/>
    public static Task<Job> EnqueueWithReservationAsync(
        this IJobClient jobs, string method, IReadOnlyList<string> resources, IReadOnlyList<object?>? args = null,
        Dictionary<string, object?>? kwargs = null, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        jobs.EnqueueOneAsync(JobRequest.Method(method, args, kwargs, Reserve(options, resources)), cancellationToken);

    /// <summary>Enqueues a program with its arguments, for workers that allow commands.</summary>
    /// <param name="jobs">The client.</param>
    /// <param name="command">Program and arguments.</param>
    /// <param name="env">Environment variables set beside those of the worker. Stored with the job, never shown.</param>
    /// <param name="options">What the job is given besides.</param>
    /// <param name="cancellationToken">Gives up the enqueue, not the job.</param>
    public static Task<Job> EnqueueCommandAsync(
        this IJobClient jobs, IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? env = null,
        JobOptions? options = null, CancellationToken cancellationToken = default) =>
        jobs.EnqueueOneAsync(JobRequest.Command(command, env, options), cancellationToken);

    private static Task<Job> EnqueueCallAsync(
        this IJobClient jobs, LambdaExpression call, JobOptions? options, CancellationToken cancellationToken) =>
        jobs.EnqueueOneAsync(JobRequest.Of(call, options), cancellationToken);

    private static async Task<Job<TResult>> EnqueueCallAsync<TResult>(
        this IJobClient jobs, LambdaExpression call, JobOptions? options, CancellationToken cancellationToken)
    {
        var job = await jobs.EnqueueCallAsync(call, options, cancellationToken).ConfigureAwait(false);
        return job.As<TResult>();
    }

    private static async Task<Job> EnqueueOneAsync(this IJobClient jobs, JobRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        var stored = await jobs.EnqueueManyAsync([request], cancellationToken).ConfigureAwait(false);
        return stored[0];
    }

    private static JobOptions Reserve(JobOptions? options, IReadOnlyList<string> resources)
    {
        ArgumentNullException.ThrowIfNull(resources);
        options ??= new JobOptions();
        ArgumentNullException.ThrowIfNull(options.Exclusive);
        return options with { Exclusive = [.. resources, .. options.Exclusive] };
    }
}
