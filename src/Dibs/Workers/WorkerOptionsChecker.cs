using Dibs.Jobs;
using Microsoft.Extensions.Options;

namespace Dibs.Workers;

/// <summary>Checks the settings of the worker when the application starts; every error names its configuration path.</summary>
internal sealed class WorkerOptionsChecker : IValidateOptions<WorkerOptions>
{
    private const int MostQueues = 64;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, WorkerOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        Name(errors, nameof(options.Name), "worker name", options.Name);
        for (var i = 0; i < options.Queues.Count; i++)
            Name(errors, $"{nameof(options.Queues)}:{i}", "queue", options.Queues[i]);
        Range(errors, nameof(options.Queues), options.Queues.Count, 0, MostQueues);
        Range(errors, nameof(options.Slots), options.Slots, 1, Limits.Slots);
        Range(errors, nameof(options.Lease), options.Lease, TimeSpan.FromSeconds(3), Hour);
        Range(errors, nameof(options.Grace), options.Grace, TimeSpan.Zero, TimeSpan.FromDays(1));
        Range(errors, nameof(options.CancelGrace), options.CancelGrace, TimeSpan.Zero, Hour);
        Range(errors, nameof(options.MaxMemory), options.MaxMemory ?? WorkerOptions.LeastMaxMemory, WorkerOptions.LeastMaxMemory, long.MaxValue);
        Range(errors, nameof(options.MaxJobsPerHost), options.MaxJobsPerHost ?? 1, 1, int.MaxValue);
        Range(errors, nameof(options.MaxJobs), options.MaxJobs ?? 1, 1, long.MaxValue);
        Range(errors, nameof(options.MaxIdle), options.MaxIdle ?? Hour, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(365));
        return errors.Build();
    }

    private static void Name(ValidateOptionsResultBuilder errors, string setting, string kind, string value)
    {
        try
        {
            JobRules.RequireName(kind, value);
        }
        catch (JobRefusedException e)
        {
            errors.AddError(e.Message, $"{WorkerOptions.Section}:{setting}");
        }
    }

    private static void Range<T>(ValidateOptionsResultBuilder errors, string setting, T value, T least, T most) where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            errors.AddError($"is {value}; choose a value from {least} to {most}.", $"{WorkerOptions.Section}:{setting}");
    }
}
