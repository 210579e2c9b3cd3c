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
        if (IsGeneric(type, typeof(Task<>)))
            return Generic(nameof(WaitForTaskOf), type);
        if (IsGeneric(type, typeof(ValueTask<>)))
            return Generic(nameof(WaitForValueTaskOf), type);
        return new MethodOutcome(type, null);
    }

    /// <summary>Whether something of this return type would have to be awaited in a way that is not known here, so that the job would end before its work.</summary>
    public static bool IsUnknownAsync(Type type)
    {
        if (type == typeof(void) || type == typeof(Task) || type == typeof(ValueTask))
            return false;
        var value = IsGeneric(type, typeof(Task<>)) || IsGeneric(type, typeof(ValueTask<>)) ? type.GetGenericArguments()[0] : type;
        return value.GetMethod(nameof(Task.GetAwaiter), Type.EmptyTypes) is not null
            || value.GetInterfaces().Append(value).Any(one => IsGeneric(one, typeof(IAsyncEnumerable<>)));
    }

    public async Task<ReadOnlyMemory<byte>?> ReadAsync(object? returned, string method)
    {
        if (wait is not null)
            returned = await wait(returned ?? throw new UnfitException("result-not-a-task", $"'{method}' returned null instead of a task. Return one, such as Task.CompletedTask."));
        return value is null ? default(ReadOnlyMemory<byte>?) : Write(returned, value, method);
    }

    private static byte[] Write(object? returned, Type type, string method)
    {
        byte[] json;
        try
        {
            json = JsonSerializer.SerializeToUtf8Bytes(returned, ValueJson.Options.GetTypeInfo(type));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Serializers run code of the application (getters, converters, iterators), so anything may come out of them.
            throw new UnfitException("result-not-json", $"'{method}' returned a {type}, which cannot be stored as JSON: {e.Message} Return an id, or a plain record.", e);
        }
        return json.Length <= Limits.PayloadBytes ? json : throw new UnfitException("result-too-large",
            $"'{method}' returned {json.Length:N0} bytes of JSON; the limit is {Limits.PayloadBytes:N0}. Store it elsewhere and return its name.");
    }

    private static bool IsGeneric(Type type, Type definition) => type.IsGenericType && type.GetGenericTypeDefinition() == definition;

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
