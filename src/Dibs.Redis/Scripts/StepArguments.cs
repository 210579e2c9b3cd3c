using System.Globalization;
using System.Runtime.InteropServices;
using Dibs.Stores;
using StackExchange.Redis;

namespace Dibs.Redis.Scripts;

/// <summary>The arguments of one step, in the order in which its script takes them.</summary>
internal sealed class StepArguments
{
    private readonly List<RedisValue> _values = [RedisValue.EmptyString, RedisValue.EmptyString, RedisValue.EmptyString];

    public StepArguments Add(RedisValue value)
    {
        _values.Add(value.IsNull ? RedisValue.EmptyString : value);
        return this;
    }

    public StepArguments Add(long number) => Add((RedisValue)number);

    public StepArguments Add(bool value) => Add(value ? 1 : 0);

    public StepArguments Add(AttemptKey key) => Add(key.JobId).Add(key.Attempt).Add(key.Fence);

    /// <summary>Adds how many there are, then each of them.</summary>
    public StepArguments AddAll<T>(IReadOnlyCollection<T> items, Action<StepArguments, T> add)
    {
        Add(items.Count);
        foreach (var item in items)
            add(this, item);
        return this;
    }

    /// <summary>All of them, after the three that every script takes.</summary>
    public RedisValue[] With(int schema, DateTimeOffset? now, string publishing)
    {
        var head = CollectionsMarshal.AsSpan(_values);
        head[0] = schema;
        if (now is { } time)
            head[1] = StoreTime.ToMicroseconds(time).ToString(CultureInfo.InvariantCulture);
        head[2] = publishing;
        return [.. _values];
    }
}
