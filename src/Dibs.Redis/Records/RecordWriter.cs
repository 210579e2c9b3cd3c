using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Dibs.Stores;

namespace Dibs.Redis.Records;

/// <summary>
/// Writes the parts of a record that never change, for the script that puts the record together; docs/redis-layout.md has its
/// form. A name is written with its length less one in front, so that 1 to 256 bytes fit.
/// </summary>
internal sealed class RecordWriter
{
    /// <summary>The first half of SHA-256: enough to tell two requests with one id apart.</summary>
    public const int DigestBytes = 16;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Digest, queue and reservations.</summary>
    public static byte[] Facts(NewJob job)
    {
        var writer = new RecordWriter();
        writer._bytes.Write(job.Digest.Span[..DigestBytes]);
        writer.Name(job.Queue);
        foreach (var (resource, mode, capacity) in job.Reservations)
        {
            writer.Byte((byte)(mode == ReservationMode.Exclusive ? 0 : capacity is null ? 1 : 2));
            if (mode == ReservationMode.Shared && capacity is { } most)
                writer.Int32(most);
            writer.Name(resource);
        }
        return writer._bytes.WrittenSpan.ToArray();
    }

    /// <summary>Method, parent, labels and content, and how many of the bytes are not content.</summary>
    public static (byte[] Bytes, int Facts) Rest(NewJob job)
    {
        var writer = new RecordWriter();
        writer.Text(job.Method ?? "");
        writer.Text(job.Parent ?? "");
        writer.Byte((byte)job.Labels.Count);
        foreach (var (key, value) in job.Labels)
        {
            writer.Text(key);
            writer.Text(value);
        }
        var facts = writer._bytes.WrittenCount;
        writer._bytes.Write(job.Content.Span);
        return (writer._bytes.WrittenSpan.ToArray(), facts);
    }

    /// <summary>Names one after the other.</summary>
    public static byte[] Names(IEnumerable<string> names)
    {
        var writer = new RecordWriter();
        foreach (var name in names)
            writer.Name(name);
        return writer._bytes.WrittenSpan.ToArray();
    }

    /// <summary>A log line: its number in 6 bytes, ticks in 8, text.</summary>
    public static byte[] Line(long number, LogLine line)
    {
        var bytes = new byte[LineHead + Encoding.UTF8.GetByteCount(line.Text)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number << 16);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(LineNumber), line.At.UtcTicks);
        Encoding.UTF8.GetBytes(line.Text, bytes.AsSpan(LineHead));
        return bytes;
    }

    /// <summary>Reads what <see cref="Line"/> wrote.</summary>
    public static LogLine ReadLine(ReadOnlySpan<byte> bytes) =>
        new(new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(bytes[LineNumber..]), TimeSpan.Zero), Encoding.UTF8.GetString(bytes[LineHead..]));

    private const int LineNumber = 6;
    private const int LineHead = LineNumber + sizeof(long);

    private void Byte(byte value) => _bytes.Write([value]);

    private void Name(string name)
    {
        Byte((byte)(Encoding.UTF8.GetByteCount(name) - 1));
        _bytes.Write(Encoding.UTF8.GetBytes(name));
    }

    private void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)bytes.Length);
        _bytes.Write(length);
        _bytes.Write(bytes);
    }

    private void Int32(int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        _bytes.Write(bytes);
    }
}
