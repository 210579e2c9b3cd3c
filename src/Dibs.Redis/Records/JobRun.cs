using System.Text.Json;
using Dibs.Stores;

namespace Dibs.Redis.Records;

/// <summary>The last attempt of a job, or an earlier one.</summary>
internal sealed record JobRun(long Fence, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, DateTimeOffset? EndedAt, string? Reason, string Worker, JobError? Error)
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
        return ((int)reader.Number(3), ReadWithError(ref reader));
    }

    private static JobRun ReadWithError(ref RecordReader reader)
    {
        var run = Read(ref reader);
        return reader.Left.IsEmpty ? run : run with { Error = JsonSerializer.Deserialize(reader.Left.Span, RedisJson.Default.JobError) };
    }

    private static JobRun Read(ref RecordReader reader)
    {
        var (fence, startedAt) = (reader.Number(7), JobFacts.Time(reader.Number(7)));
        _ = reader.Number(7);
        var (finishedAt, endedAt) = (JobFacts.Time(reader.Number(7)), JobFacts.Time(reader.Number(7)));
        var reason = Reasons.FromCode(reader.Byte() % 16);
        _ = reader.Take(reader.Byte());
        var worker = reader.TextOrNull() ?? "";
        // Nobody stores an error for a lost attempt: the name of the worker says it all.
        return new JobRun(fence, startedAt, finishedAt, endedAt, reason, worker, reason == JobReasons.WorkerLost ? Verdict.LostError(worker) : null);
    }
}
