using Dibs.Jobs;
using Microsoft.Extensions.Options;

namespace Dibs.Clients;

/// <summary>Checks the settings when the application starts; every error names its configuration path.</summary>
internal sealed class DibsOptionsChecker : IValidateOptions<DibsOptions>
{
    public ValidateOptionsResult Validate(string? name, DibsOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        try
        {
            JobRules.RequireName("namespace", options.Namespace);
        }
        catch (JobRefusedException e)
        {
            errors.AddError(e.Message, $"{DibsOptions.Section}:{nameof(DibsOptions.Namespace)}");
        }
        const string Retention = $"{DibsOptions.Section}:{nameof(DibsOptions.Retention)}";
        if (options.Retention.Age < Stores.Retention.Minimum)
            errors.AddError($"is {options.Retention.Age}; at least {Stores.Retention.Minimum}, because that long every step can be repeated.", $"{Retention}:{nameof(RetentionOptions.Age)}");
        if (options.Retention.Count < 0)
            errors.AddError($"is {options.Retention.Count}; at least 0.", $"{Retention}:{nameof(RetentionOptions.Count)}");
        return errors.Build();
    }
}
