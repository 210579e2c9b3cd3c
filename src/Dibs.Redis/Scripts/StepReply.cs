using Dibs.Stores;
using StackExchange.Redis;

namespace Dibs.Redis.Scripts;

/// <summary>The flat answer of a script, read from the front.</summary>
internal sealed class StepReply(RedisResult result)
{
    private readonly RedisResult[] _values = (RedisResult[])result!;
    private int _at;

    public bool AtEnd => _at == _values.Length;

    public string Text() => (string)_values[_at++]!;

    public string? TextOrNull() => Text() is { Length: > 0 } text ? text : null;

    public int Int32() => (int)_values[_at++];

    public long Int64() => (long)_values[_at++];

    public bool Boolean() => Int32() != 0;

    public byte[] Bytes() => (byte[])_values[_at++]!;

    public AttemptKey Key() => new(Text(), Int32(), Int64());

    /// <summary>So many items, each read in the same way.</summary>
    public T[] Many<T>(int count, Func<StepReply, T> read)
    {
        var items = new T[count];
        for (var i = 0; i < count; i++)
            items[i] = read(this);
        return items;
    }

    /// <summary>Items to the end.</summary>
    public List<T> Rest<T>(Func<StepReply, T> read)
    {
        var items = new List<T>();
        while (!AtEnd)
            items.Add(read(this));
        return items;
    }
}
