using System.Buffers.Binary;
using System.Text;

namespace Dibs.Redis.Records;

/// <summary>Reads the parts of a record; docs/redis-layout.md has its form.</summary>
internal ref struct RecordReader(ReadOnlyMemory<byte> bytes)
{
    private readonly ReadOnlyMemory<byte> _bytes = bytes;
    private int _at;

    /// <summary>The method, if it has one, and the content, of what begins with the method of a record.</summary>
    public static (string? Method, ReadOnlyMemory<byte> Content) Rest(ReadOnlyMemory<byte> bytes)
    {
        var reader = new RecordReader(bytes);
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
