using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Dibs.Jobs;

/// <summary>A method that jobs may call: reads its arguments, calls it, writes its result.</summary>
/// <param name="name">The stored name.</param>
/// <param name="service">The type that the method is called on; the declaring type of a static one.</param>
/// <param name="method">The method.</param>
internal sealed class JobMethod(string name, Type service, MethodInfo method)
{
    // Most methods of an application are never called by a job, so their parameters are looked at when one is.
    private readonly Lazy<JobParameter[]> _parameters = new(() => [.. method.GetParameters().Select(parameter => new JobParameter(parameter, name))]);
    private readonly Lazy<MethodOutcome> _outcome = new(() => MethodOutcome.Of(method.ReturnType));

    /// <summary>The name under which jobs store it.</summary>
    public string Name => name;

    /// <summary>The type that it is called on.</summary>
    public Type Service => service;

    /// <summary>The method itself.</summary>
    public MethodInfo Method => method;

    /// <summary>All parameters in order.</summary>
    public IReadOnlyList<JobParameter> Parameters => _parameters.Value;

    /// <summary>
    /// The values of stored arguments: by position, then by name, then defaults. What is filled in when the job runs counts
    /// as no position and stays null.
    /// </summary>
    /// <exception cref="JobRefusedException">An argument is missing, unknown, given twice, or cannot be read.</exception>
    public object?[] Bind(IReadOnlyList<JsonElement> args, IReadOnlyDictionary<string, JsonElement> named)
    {
        var values = new object?[_parameters.Value.Length];
        var (positions, names) = (0, 0);
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = _parameters.Value[i];
            if (parameter.Source != ParameterSource.Argument)
                continue;
            var byName = named.TryGetValue(parameter.Name, out var json);
            if (positions < args.Count)
            {
                if (byName)
                    throw new JobRefusedException("argument-twice", $"{parameter.What} is given by position {positions + 1} and by name. Give it once.");
                json = args[positions++];
            }
            else if (byName)
            {
                names++;
            }
            else
            {
                values[i] = parameter.Default();
                continue;
            }
            values[i] = parameter.Read(json);
        }
        if (positions < args.Count)
            throw new JobRefusedException("too-many-arguments", $"'{name}' takes {positions} arguments ({ArgumentNames()}), but {args.Count} were given.");
        if (names < named.Count)
            throw UnknownArgument(named);
        return values;
    }

    /// <summary>
    /// Calls the method for one attempt and waits for it. What it throws comes out as it was thrown. The service is one of
    /// <paramref name="services"/>, or is made for this call (a concrete class that is not registered) and disposed after it.
    /// </summary>
    /// <returns>What it returned, as JSON; null if it returns nothing.</returns>
    /// <exception cref="UnfitException">The stored arguments do not fit the method any more, nobody made the service, or the result cannot be stored.</exception>
    public Task<ReadOnlyMemory<byte>?> InvokeAsync(JobContent content, JobContext context, IServiceProvider services)
    {
        var values = BindStored(content);
        for (var i = 0; i < values.Length; i++)
        {
            if (_parameters.Value[i].Source != ParameterSource.Argument)
                values[i] = _parameters.Value[i].Resolve(context, services);
        }
        var (target, isOwned) = method.IsStatic ? (null, false) : Target(services);
        return isOwned ? context.DisposeAfterAsync(target!, CallAsync) : CallAsync();

        Task<ReadOnlyMemory<byte>?> CallAsync() => _outcome.Value.ReadAsync(method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, values, null), name);
    }

    private object?[] BindStored(JobContent content)
    {
        try
        {
            return Bind(content.Args ?? [], content.Named ?? new Dictionary<string, JsonElement>());
        }
        catch (JobRefusedException e)
        {
            throw new UnfitException(e.Code, e.Message, e.InnerException);
        }
    }

    private (object Target, bool Owned) Target(IServiceProvider services)
    {
        if (services.GetService(service) is { } registered)
            return (registered, false);
        if (service.IsAbstract)
            throw new UnfitException("no-service", $"The job calls '{name}', but no service of the type '{service}' is registered where it runs. Register one.");
        return (ActivatorUtilities.CreateInstance(services, service), true);
    }

    private JobRefusedException UnknownArgument(IReadOnlyDictionary<string, JsonElement> named)
    {
        var known = _parameters.Value.Where(parameter => parameter.Source == ParameterSource.Argument).Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        return new JobRefusedException("unknown-argument",
            $"'{name}' has no argument '{JobRules.Show(named.Keys.First(key => !known.Contains(key)))}'; it takes {ArgumentNames()}.");
    }

    private string ArgumentNames()
    {
        var names = string.Join(", ", _parameters.Value.Where(parameter => parameter.Source == ParameterSource.Argument).Select(parameter => $"'{parameter.Name}'"));
        return names.Length == 0 ? "none" : names;
    }
}
