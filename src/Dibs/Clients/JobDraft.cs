using System.Diagnostics;
using System.Security.Cryptography;
using Dibs.Jobs;
using Dibs.Reservations;
using Dibs.Stores;

namespace Dibs.Clients;

/// <summary>A checked job that is about to be stored.</summary>
/// <param name="New">What the store gets.</param>
/// <param name="Content">What is in its content.</param>
internal sealed record JobDraft(NewJob New, JobContent Content)
{
    private const string IdAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int RandomIdLength = 16;

    /// <summary>Checks everything and puts it into the form that is stored.</summary>
    /// <exception cref="JobRefusedException">Something is malformed or over its limit.</exception>
    public static JobDraft Of(JobRequest request, MethodCatalog? catalog)
    {
        var options = request.Options;
        JobRules.RequireOptions(options);
        var reservations = ReservationSet.From(options.Exclusive, options.Shared);
        var call = request.Read(catalog);
        var name = Check(call, options);
        if (reservations.Count > Limits.Reservations)
        {
            throw new JobRefusedException("too-many-reservations",
                $"Job '{name}' reserves {reservations.Count} resources; the limit is {Limits.Reservations}. Reserve a common parent of them instead.");
        }
        var content = Pack(call, options);
        var bytes = content.ToBytes();
        if (bytes.Length > Limits.PayloadBytes)
        {
            throw new JobRefusedException("payload-too-large",
                $"Job '{name}' has {bytes.Length:N0} bytes of arguments; the limit is {Limits.PayloadBytes:N0}. Store them elsewhere and pass their name.");
        }
        var after = options.After.Distinct(StringComparer.Ordinal).ToArray();
        return new JobDraft(
            new NewJob
            {
                Id = options.Id ?? RandomNumberGenerator.GetString(IdAlphabet, RandomIdLength),
                Digest = JobDigest.Of(call, options, reservations, after),
                Method = call.Method,
                Content = bytes,
                Queue = options.Queue,
                Priority = options.Priority,
                Reservations = reservations,
                After = after,
                Delay = options.Delay,
                RunAt = options.RunAt,
                OnWorkerLost = options.OnWorkerLost,
                Labels = options.Labels,
                Parent = AmbientJob.Id,
            },
            content);
    }

    /// <summary>The job as far as its client knows it after the store answered.</summary>
    public JobRecord ToRecord(string @namespace, JobState state, DateTimeOffset now) => Content.Describe(new JobRecord
    {
        Id = New.Id,
        Namespace = @namespace,
        Method = New.Method,
        Queue = New.Queue,
        Priority = New.Priority,
        State = state,
        Reservations = New.Reservations.Count == 0
            ? null
            : [.. New.Reservations.Select(one => new ReservationRecord(one.Resource, one.Mode, one.Capacity, Held: state is JobState.Ready or JobState.Running or JobState.Canceling))],
        After = New.After.Count == 0 ? null : New.After,
        Parent = New.Parent,
        Labels = New.Labels.Count == 0 ? null : New.Labels,
        OnWorkerLost = New.OnWorkerLost == OnWorkerLost.Fail ? null : New.OnWorkerLost,
        CreatedAt = now,
        RunAt = New.RunAt ?? now + New.Delay,
    });

    // Returns how errors name the job.
    private static string Check(JobCall call, JobOptions options)
    {
        if (call.Method is { } method)
            JobRules.RequireName("method", method);
        else
            JobRules.RequireCommand(call);
        return JobRules.Show(options.Id ?? call.Method ?? call.Command![0]);
    }

    private static JobContent Pack(JobCall call, JobOptions options) => new()
    {
        Args = call.Args.Count == 0 ? null : call.Args,
        Named = call.Named.Count == 0 ? null : call.Named,
        Command = call.Command,
        Env = call.Env.Count == 0 ? null : call.Env,
        Description = options.Description,
        Timeout = options.Timeout,
        Traceparent = Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null,
    };
}
