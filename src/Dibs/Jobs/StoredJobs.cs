using Dibs.Stores;

namespace Dibs.Jobs;

/// <summary>What the store keeps of a job, made whole.</summary>
internal static class StoredJobs
{
    /// <summary>The record with what stands in the content and result, as far as they were read.</summary>
    public static JobRecord ToRecord(this StoredJob job)
    {
        var record = job.Record;
        if (job.Result is { } result)
            record = record with { Result = System.Text.Json.JsonElement.Parse(result.Span) };
        return job.Content is { } content ? JobContent.FromBytes(content.Span).Describe(record) : record;
    }

    /// <summary>The record with what stands in the content. Of the environment only the names are shown.</summary>
    public static JobRecord Describe(this JobContent content, JobRecord record) => record with
    {
        Args = content.Args,
        Named = content.Named,
        Command = content.Command,
        Env = content.Env is { } env ? [.. env.Keys.Order(StringComparer.Ordinal)] : null,
        Description = content.Description,
        Traceparent = content.Traceparent,
        Timeout = content.Timeout,
    };
}
