using System.Text;
using Dibs.Stores;
using Dibs.Stores.Memory;
using Dibs.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Dibs.Tests.Model;

/// <summary>Opens the store that is compared, always the same one within a trial.</summary>
internal interface ITrialSubject : IAsyncDisposable
{
    Task<IJobStore> OpenAsync(TimeProvider time);

    /// <summary>Whether what it keeps is still there when it is closed and opened again.</summary>
    bool OutlivesItsProcess { get; }
}

/// <summary>
/// One run of operations on the memory store and on another one: replies and everything readable are compared after every step.
/// </summary>
internal sealed class StoreTrial : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly StoreTraceState _state = new(Start);
    private readonly StringBuilder _trace = new();
    private readonly MemoryJobStore _reference;
    private readonly ITrialSubject _subject;
    private readonly int _mostWhys;
    private IJobStore _store = null!;

    private StoreTrial(ITrialSubject subject, int mostWhys)
    {
        _reference = new MemoryJobStore("default", _time);
        (_subject, _mostWhys) = (subject, mostWhys);
    }

    public static async Task<TrialFailure?> RunAsync(Func<ITrialSubject> makeSubject, IReadOnlyList<StoreOperation> operations, int mostWhys)
    {
        await using var subject = makeSubject();
        await using var trial = new StoreTrial(subject, mostWhys);
        return await trial.RunAsync(operations);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _reference.DisposeAsync();
    }

    private async Task<TrialFailure?> RunAsync(IReadOnlyList<StoreOperation> operations)
    {
        await OpenAsync();
        for (var step = 0; step < operations.Count; step++)
        {
            if (await ApplyOrFailAsync(operations[step]) is { } wrong)
                return new TrialFailure(step, wrong, _trace.ToString());
        }

        return null;
    }

    /// <summary>An error is a failure like any other: it is shrunk and shown with the operations that led to it.</summary>
    private async Task<string?> ApplyOrFailAsync(StoreOperation operation)
    {
        try
        {
            return await ApplyAsync(operation);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return error.ToString();
        }
    }

    private async Task OpenAsync()
    {
        _store = await _subject.OpenAsync(_time);
        await _store.OpenAsync(default);
    }

    private async Task<string?> ApplyAsync(StoreOperation operation)
    {
        var call = operation.Resolve(_state);
        _time.AdjustTime(_state.Now);
        _trace.AppendLine(call.Text);
        if (operation is ReopenOperation && _subject.OutlivesItsProcess)
        {
            await _store.DisposeAsync();
            await OpenAsync();
        }

        var (expected, expectedText) = await SendAsync(call, _reference);
        var (_, text) = await SendAsync(call, _store);
        if (expectedText != text)
            return $"The reply is\n  {text}\nand the memory store's\n  {expectedText}";
        call.Learn(expected);
        if (operation is not RepeatOperation)
            _state.Remember(call);
        return await DifferenceAsync();
    }

    /// <summary>A refusal is an answer, known by its code.</summary>
    private static async Task<(object? Reply, string Text)> SendAsync(StoreCall call, IJobStore store)
    {
        try
        {
            var reply = await call.Send(store);
            return (reply, StoreSnapshot.Text(reply));
        }
        catch (JobConflictException refusal)
        {
            return (null, refusal.Code);
        }
    }

    private async Task<string?> DifferenceAsync()
    {
        var expected = await StoreSnapshot.ReadAsync(_reference, default, _mostWhys);
        var actual = await StoreSnapshot.ReadAsync(_store, default, _mostWhys);
        if (!expected.SequenceEqual(actual))
            return $"It shows{Lines(actual.Except(expected))}\nand the memory store{Lines(expected.Except(actual))}";
        return await DriftAsync(_reference) ?? await DriftAsync(_store);
    }

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => $"\n  {line}"));

    private static async Task<string?> DriftAsync(IJobStore store)
    {
        var drifts = await store.DriftsAsync();
        return drifts.Count == 0 ? null : $"{store.GetType().Name} drifts: {string.Join("; ", drifts)}";
    }
}
