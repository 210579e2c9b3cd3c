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
        var method = reader.Text();
        _ = reader.Text();
        for (var labels = reader.Byte(); labels > 0; labels--)
        {
            _ = reader.Text();
            _ = reader.Text();
        }
        return (method.Length == 0 ? null : method, bytes[reader._at..]);
    }

    private byte Byte() => _bytes.Span[_at++];

    private string Text()
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(_bytes.Span[_at..]);
        var text = Encoding.UTF8.GetString(_bytes.Span.Slice(_at + sizeof(ushort), length));
        _at += sizeof(ushort) + length;
        return text;
    }
}
