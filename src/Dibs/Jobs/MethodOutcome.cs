using System.Reflection;
using System.Text.Json;

namespace Dibs.Jobs;

/// <summary>Waits for what a method returned and writes it as JSON by its declared type.</summary>
/// <param name="value">Type of the value that comes out in the end; none for void and plain tasks.</param>
/// <param name="wait">From what the method returned to that value.</param>
internal sealed class MethodOutcome(Type? value, Func<object, Task<object?>>? wait)
{
    /// <summary>How to read what a method of this return type returns.</summary>
    public static MethodOutcome Of(Type type)
    {
        if (type == typeof(void))
            return new MethodOutcome(null, null);
        if (type == typeof(Task))
            return new MethodOutcome(null, WaitForTask);
        if (type == typeof(ValueTask))
            return new MethodOutcome(null, WaitForValueTask);
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        if (definition == typeof(Task<>))
            return Generic(nameof(WaitForTaskOf), type);
        if (definition == typeof(ValueTask<>))
            return Generic(nameof(WaitForValueTaskOf), type);
        return new MethodOutcome(type, null);
    }

    public async Task<ReadOnlyMemory<byte>?> ReadAsync(object? returned, string method)
    {
        if (wait is not null)
            returned = await wait(returned ?? throw new InvalidOperationException($"'{method}' returned null instead of a task."));
        if (value is null)
            return null;
        var json = JsonSerializer.SerializeToUtf8Bytes(returned, ValueJson.Options.GetTypeInfo(value));
        if (json.Length > Limits.PayloadBytes)
        {
            throw new JobRefusedException("result-too-large",
                $"'{method}' returned {json.Length:N0} bytes of JSON; the limit is {Limits.PayloadBytes:N0}. Store it elsewhere and return its name.");
        }
        return json;
    }

    private static MethodOutcome Generic(string waitName, Type type)
    {
        var result = type.GetGenericArguments()[0];
        var wait = typeof(MethodOutcome).GetMethod(waitName, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(result);
        return new MethodOutcome(result, wait.CreateDelegate<Func<object, Task<object?>>>());
    }

    private static async Task<object?> WaitForTask(object returned)
    {
        await ((Task)returned);
        return null;
    }

    private static async Task<object?> WaitForValueTask(object returned)
    {
        await ((ValueTask)returned);
        return null;
    }

    private static async Task<object?> WaitForTaskOf<T>(object returned) => await ((Task<T>)returned);

    private static async Task<object?> WaitForValueTaskOf<T>(object returned) => await ((ValueTask<T>)returned);
}
