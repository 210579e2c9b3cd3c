using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Dibs.Jobs;

/// <summary>Where the value of a parameter comes from.</summary>
internal enum ParameterSource
{
    /// <summary>From the stored arguments.</summary>
    Argument,

    /// <summary>The token of the attempt.</summary>
    CancellationToken,

    /// <summary>The context of the attempt.</summary>
    JobContext,

    /// <summary>A service of the attempt's scope.</summary>
    Service,
}

/// <summary>One parameter of a method that jobs may call.</summary>
internal sealed class JobParameter
{
    private readonly ParameterInfo _parameter;
    private readonly object? _serviceKey;
    private readonly bool _isKeyed;

    public JobParameter(ParameterInfo parameter, string method)
    {
        _parameter = parameter;
        What = $"Argument '{Name}' of '{method}'";
        Source = Type == typeof(CancellationToken) ? ParameterSource.CancellationToken
            : Type == typeof(JobContext) ? ParameterSource.JobContext
            : ParameterSource.Argument;
        foreach (var attribute in parameter.GetCustomAttributes())
        {
            if (attribute is FromKeyedServicesAttribute keyed)
                (Source, _isKeyed, _serviceKey) = (ParameterSource.Service, true, keyed.Key);
            // By name, so that the attribute of ASP.NET Core is understood without a reference to it.
            else if (attribute.GetType().Name == "FromServicesAttribute")
                Source = ParameterSource.Service;
        }
    }

    public string Name => _parameter.Name ?? "";
    public Type Type => _parameter.ParameterType;
    public ParameterSource Source { get; }

    /// <summary>How errors name it.</summary>
    public string What { get; }

    /// <summary>The JSON of a value that the caller gave.</summary>
    public JsonElement Write(object? value) => ValueJson.Write(value, Type, What);

    /// <summary>
    /// The value of stored JSON. A bare number, true or false goes to a string parameter as it was typed, because a command
    /// line cannot tell them apart.
    /// </summary>
    public object? Read(JsonElement json)
    {
        if (Type == typeof(string) && json.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
            return json.GetRawText();
        try
        {
            return json.Deserialize(ValueJson.Options.GetTypeInfo(Type));
        }
        catch (Exception e)
        {
            // Constructors and converters of the application run here, so anything may come out of them.
            throw new JobRefusedException("argument-not-convertible", $"{What} is a {Type}, which cannot be read from the JSON {JobRules.Show(json.GetRawText())}: {e.Message}", e);
        }
    }

    /// <summary>The value when none was given.</summary>
    public object? Default()
    {
        if (!_parameter.HasDefaultValue)
            throw new JobRefusedException("missing-argument", $"{What} ({Type}) has no value and no default. Give it by position, or by name as '{Name}'.");
        var value = _parameter.DefaultValue;
        return value is not null && Nullable.GetUnderlyingType(Type) is { IsEnum: true } type ? Enum.ToObject(type, value) : value;
    }

    /// <summary>The value of a parameter that is filled in when the job runs.</summary>
    public object? Resolve(JobContext context, IServiceProvider services) => Source switch
    {
        ParameterSource.CancellationToken => context.CancellationToken,
        ParameterSource.JobContext => context,
        ParameterSource.Service when _parameter.HasDefaultValue => _isKeyed ? services.GetKeyedService(Type, _serviceKey) : services.GetService(Type),
        ParameterSource.Service => _isKeyed ? services.GetRequiredKeyedService(Type, _serviceKey) : services.GetRequiredService(Type),
        ParameterSource.Argument => throw new InvalidOperationException($"{What} is an argument."),
    };

    /// <summary>Refuses a real value for what is filled in when the job runs.</summary>
    public void RefuseValue(object? value)
    {
        if (value is null || value is CancellationToken token && token == default)
            return;
        throw Source == ParameterSource.CancellationToken
            ? JobErrors.RealToken(What)
            : new JobRefusedException("argument-filled-in", $"{What} ({Type}) is filled in when the job runs; a value of the caller cannot be stored. Write 'default'.");
    }

}
