using System.Buffers.Binary;
using System.Text;
using Dibs.Stores;

namespace Dibs.Redis.Records;

/// <summary>Reads the parts of a record; docs/redis-layout.md has its form.</summary>
internal ref struct RecordReader(ReadOnlyMemory<byte> bytes)
{
    private readonly ReadOnlyMemory<byte> _bytes = bytes;
    private int _at;

    /// <summary>A claim of exchange.lua.</summary>
    /// <param name="head">Attempt, fence, number of reservations, id.</param>
    /// <param name="body">The body of the record, from the queue on.</param>
    public static Claim Claim(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body)
    {
        var numbers = new RecordReader(head);
        var (attempt, fence, reservations) = ((int)numbers.Number(RecordWriter.AttemptBytes), numbers.Number(RecordWriter.TimeBytes), numbers.Byte());
        var reader = new RecordReader(body);
        var queue = reader.Name();
        for (; reservations > 0; reservations--)
            _ = reader.Reservation();
        _ = reader.Conditions();
        var (method, content) = Work(reader.Left);
        return new Claim
        {
            Key = new AttemptKey(Encoding.UTF8.GetString(numbers.Left.Span), attempt, fence),
            Queue = queue,
            Method = method,
            Content = content,
        };
    }

    /// <summary>What a job does, from the part of its body that begins with the method.</summary>
    public static (string? Method, ReadOnlyMemory<byte> Content) Work(ReadOnlyMemory<byte> rest)
    {
        var reader = new RecordReader(rest);
        var method = reader.TextOrNull();
        _ = reader.TextOrNull();
        _ = reader.Labels();
        return (method, reader.Left);
    }

    /// <summary>What was not read yet.</summary>
    public readonly ReadOnlyMemory<byte> Left => _bytes[_at..];

    public byte Byte() => _bytes.Span[_at++];

    /// <summary>An unsigned number of so many bytes, the largest first.</summary>
    public long Number(int size)
    {
        var number = 0L;
        foreach (var part in Take(size))
            number = (number << 8) | part;
        return number;
    }

    public ReadOnlySpan<byte> Take(int size)
    {
        var taken = _bytes.Span.Slice(_at, size);
        _at += size;
        return taken;
    }

    /// <summary>A name of 1 to 256 bytes: its length less one is in front.</summary>
    public string Name() => Encoding.UTF8.GetString(Take(Byte() + 1));

    /// <summary>A reservation without saying whether it is held.</summary>
    public Reservation Reservation()
    {
        var kind = Byte();
        var capacity = kind == 2 ? (int)Number(sizeof(int)) : default(int?);
        return new Reservation(Name(), kind == 0 ? ReservationMode.Exclusive : ReservationMode.Shared, capacity);
    }

    /// <summary>The jobs that it comes after, or null where there are none, and when it is due in microseconds since 1970, 0 if no time was given.</summary>
    public (string[]? After, long RunAt) Conditions()
    {
        var conditions = Byte();
        var count = conditions % RecordWriter.HasRunAt;
        var after = count == 0 ? null : new string[count];
        for (var i = 0; i < count; i++)
            after![i] = Name();
        return (after, conditions >= RecordWriter.HasRunAt ? Number(RecordWriter.TimeBytes) : 0);
    }

    public string? TextOrNull()
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(Take(sizeof(ushort)));
        return length == 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    /// <summary>Labels, or null where there are none.</summary>
    public Dictionary<string, string>? Labels()
    {
        var count = Byte();
        if (count == 0)
            return null;
        var labels = new Dictionary<string, string>(count, StringComparer.Ordinal);
        for (; count > 0; count--)
            labels.Add(TextOrNull() ?? "", TextOrNull() ?? "");
        return labels;
    }
}
