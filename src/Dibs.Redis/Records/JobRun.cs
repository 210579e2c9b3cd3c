
namespace Dibs.Redis.Records;

/// <summary>The last attempt of a job, or an earlier one.</summary>
internal sealed record JobRun(long Fence, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, DateTimeOffset? EndedAt, string? Reason, string Worker)
{
    /// <summary>Reads the run of a record.</summary>
    public static JobRun Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        return Read(ref reader);
    }

    /// <summary>Reads an earlier attempt: its number, then its run.</summary>
    public static (int Number, JobRun Run) ReadEarlier(ReadOnlyMemory<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        return ((int)reader.Number(3), Read(ref reader));
    }

    private static JobRun Read(ref RecordReader reader)
    {
        var (fence, startedAt) = (reader.Number(7), JobFacts.Time(reader.Number(7)));
        _ = reader.Number(7);
        var (finishedAt, endedAt) = (JobFacts.Time(reader.Number(7)), JobFacts.Time(reader.Number(7)));
        var reason = Reasons.FromCode(reader.Byte());
        _ = reader.Take(reader.Byte());
        return new JobRun(fence, startedAt, finishedAt, endedAt, reason, reader.TextOrNull() ?? "");
    }
}
