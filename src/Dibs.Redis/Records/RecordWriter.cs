using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Dibs.Stores;

namespace Dibs.Redis.Records;

/// <summary>
/// Writes what a script takes as one string: the part of a record that never changes, and the numbers of jobs, settlements and lines.
/// docs/redis-layout.md has the form of a record. A name is written with its length less one in front, so that 1 to 256 bytes fit.
/// </summary>
internal sealed class RecordWriter
{
    /// <summary>The first half of SHA-256: enough to tell two requests with one id apart.</summary>
    public const int DigestBytes = 16;

    /// <summary>Set in the number of dependencies if the time follows when the job is due.</summary>
    public const int HasRunAt = 128;

    /// <summary>Bytes of the number of an attempt.</summary>
    public const int AttemptBytes = 3;

    /// <summary>Bytes of a time in microseconds since 1970, and of a fence.</summary>
    public const int TimeBytes = 7;

    // In the state of a settlement: what a retryable job does instead.
    private const int Again = 8;
    private const int Loss = 16;

    private const int LineNumber = 6;
    private const int LineHead = LineNumber + sizeof(long);

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>What enqueue.lua takes of a job: a head, with the id behind it, and the body of the record.</summary>
    public static (byte[] Head, byte[] Body) NewJob(NewJob job)
    {
        var body = new RecordWriter();
        body._bytes.Write(job.Digest.Span[..DigestBytes]);
        body.Name(job.Queue);
        foreach (var reservation in job.Reservations)
            body.Reservation(reservation);
        var runAtPlace = body.Conditions(job);
        body.Text(job.Method ?? "");
        body.Text(job.Parent ?? "");
        body.Labels(job.Labels);
        var facts = body._bytes.WrittenCount;
        body._bytes.Write(job.Content.Span);
        return (Head(job, facts, runAtPlace), body.ToArray());
    }

    /// <summary>What exchange.lua takes of a settlement: numbers, with the id behind them.</summary>
    public static byte[] Settlement(Settlement settlement, int outcomes)
    {
        var key = settlement.Key;
        var job = new EndingJob(IsCanceling: false, OnWorkerLost.Fail, Losses: 0, Worker: "");
        var verdict = Verdict.Of(settlement, job);
        var ifRetryable = Verdict.Of(settlement, job with { OnWorkerLost = OnWorkerLost.Retry });
        var writer = new RecordWriter();
        writer.Number(key.Attempt, AttemptBytes);
        writer.Number(key.Fence, TimeBytes);
        writer.Byte((int)verdict.State + (ifRetryable.IsRetry ? Again : 0) + (ifRetryable.IsLoss ? Loss : 0));
        writer.Byte(Reasons.ToCode(verdict.Reason));
        writer.Byte(Reasons.ToCode(verdict.AttemptReason));
        writer.Byte(outcomes);
        writer._bytes.Write(Encoding.UTF8.GetBytes(key.JobId));
        return writer.ToArray();
    }

    /// <summary>Names one after the other.</summary>
    public static byte[] Names(IEnumerable<string> names)
    {
        var writer = new RecordWriter();
        foreach (var name in names)
            writer.Name(name);
        return writer.ToArray();
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

    private static byte[] Head(NewJob job, int facts, int runAtPlace)
    {
        var isDelay = job.RunAt is null && job.Delay is not null;
        var writer = new RecordWriter();
        writer.Byte(job.Priority);
        writer.Byte(job.Reservations.Count);
        writer.Byte(job.OnWorkerLost == OnWorkerLost.Retry ? 1 : 0);
        writer.Number(facts, sizeof(ushort));
        writer.Byte(job.After.Count);
        writer.Number(runAtPlace, sizeof(ushort));
        writer.Byte(isDelay ? 1 : 0);
        writer.Number(isDelay ? (long)job.Delay!.Value.TotalMicroseconds : RunAt(job), TimeBytes);
        writer._bytes.Write(Encoding.UTF8.GetBytes(job.Id));
        return writer.ToArray();
    }

    /// <summary>The time when it is due in microseconds since 1970; 0 if none was given, or a delay, which is counted from the time of the store.</summary>
    private static long RunAt(NewJob job) => job.RunAt is { } at ? StoreTime.ToMicroseconds(at) : 0;

    private void Reservation(Reservation reservation)
    {
        var (resource, mode, capacity) = reservation;
        Byte(mode == ReservationMode.Exclusive ? 0 : capacity is null ? 1 : 2);
        if (mode == ReservationMode.Shared && capacity is { } most)
            Number(most, sizeof(int));
        Name(resource);
    }

    /// <summary>Writes what the job comes after and when it is due; answers where that time is, 0 if none is given.</summary>
    private int Conditions(NewJob job)
    {
        var hasRunAt = job.RunAt is not null || job.Delay is not null;
        Byte(job.After.Count + (hasRunAt ? HasRunAt : 0));
        foreach (var id in job.After)
            Name(id);
        if (!hasRunAt)
            return 0;
        Number(RunAt(job), TimeBytes);
        return _bytes.WrittenCount - TimeBytes;
    }

    private void Labels(IReadOnlyDictionary<string, string> labels)
    {
        Byte(labels.Count);
        foreach (var (key, value) in labels)
        {
            Text(key);
            Text(value);
        }
    }

    private void Name(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        Byte(bytes.Length - 1);
        _bytes.Write(bytes);
    }

    private void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Number(bytes.Length, sizeof(ushort));
        _bytes.Write(bytes);
    }

    private void Byte(int number) => Number(number, 1);

    /// <summary>The lowest bytes of a number, the largest first.</summary>
    private void Number(long number, int size)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        _bytes.Write(bytes[^size..]);
    }

    private byte[] ToArray() => _bytes.WrittenSpan.ToArray();
}
