using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Dibs.Jobs;

/// <summary>
/// All methods that jobs may call: the public methods of public types in the application's assemblies, by their stored name. It
/// is fixed when it is made, so that a write to the store can never name anything else.
/// </summary>
internal sealed class MethodCatalog
{
    private readonly Dictionary<string, JobMethod> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<(Type, RuntimeMethodHandle), JobMethod> _byMethod = [];
    private readonly HashSet<Assembly> _assemblies;

    /// <exception cref="DibsConfigurationException">Two methods have the same name, a name is malformed, or an assembly cannot be read.</exception>
    [RequiresUnreferencedCode("Methods are found by reflection.")]
    public MethodCatalog(IEnumerable<Assembly> assemblies)
    {
        _assemblies = [.. assemblies];
        foreach (var assembly in _assemblies)
            AddAssembly(assembly);
    }

    /// <summary>How many methods there are.</summary>
    public int Count => _byName.Count;

    /// <summary>The catalog, for what cannot be read without one.</summary>
    public static MethodCatalog Require(MethodCatalog? catalog) => catalog ?? throw new JobRefusedException("no-methods",
        "This client knows no methods, so it can only enqueue by name. Enqueue by name, or leave out WithoutMethods().");

    /// <summary>The method of this name.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out JobMethod? method) => _byName.TryGetValue(name, out method);

    /// <summary>The method of this name.</summary>
    /// <exception cref="JobRefusedException">There is none (<c>unknown-method</c>); the nearest names are given.</exception>
    public JobMethod Find(string name) => TryFind(name, out var method) ? method : throw Unknown(name);

    /// <summary>The method as the application knows it.</summary>
    /// <param name="service">The type that it is called on.</param>
    /// <param name="method">The method.</param>
    /// <param name="isBound">Whether the caller holds the instance that it would be called on.</param>
    /// <exception cref="JobRefusedException">A job cannot call it; the message says why and what to do.</exception>
    public JobMethod Find(Type service, MethodInfo method, bool isBound = false) =>
        !isBound && _byMethod.TryGetValue((service, MethodRules.Identity(method)), out var known) ? known : throw Refusal(service, method, isBound);

    /// <summary>The up to three names that are most like this one.</summary>
    public IReadOnlyList<string> Nearest(string name) => NearestNames.Of(name, _byName.Keys);

    /// <summary>Says that there is no such method, and what was probably meant.</summary>
    public JobRefusedException Unknown(string name)
    {
        var nearest = Nearest(name);
        var hint = nearest.Count > 0
            ? $"Did you mean {string.Join(" or ", nearest.Select(known => $"'{known}'"))}?"
            : "The name is Namespace.Type.Method, of a public method in the assemblies given to AddMethodsFrom.";
        return new JobRefusedException("unknown-method", $"There is no method '{JobRules.Show(name)}' in this application. {hint}");
    }

    private void AddAssembly(Assembly assembly)
    {
        try
        {
            foreach (var type in assembly.GetExportedTypes())
                AddType(type);
        }
        catch (Exception e) when (e is IOException or TypeLoadException or BadImageFormatException)
        {
            throw new DibsConfigurationException("assembly-unreadable",
                $"The assembly '{assembly.GetName().Name}' cannot be searched for methods: {e.Message} Put what it needs beside it.", e);
        }
    }

    private void AddType(Type type)
    {
        if (type.ContainsGenericParameters)
            return;
        var methods = type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
            .Concat(type.IsInterface ? type.GetInterfaces().SelectMany(parent => parent.GetMethods()) : [])
            .Where(method => BelongsToUs(method) && MethodRules.Refusal(type, method) is null);
        foreach (var group in methods.GroupBy(method => method.Name))
            AddOverloads(type, WithoutHidden(group));
    }

    private void AddOverloads(Type type, List<MethodInfo> overloads)
    {
        var unnamed = overloads.Count(method => JobName(type, method) is null);
        foreach (var method in overloads)
        {
            // Of several without a name of their own none can be stored: the name would not say which is meant.
            if (JobName(type, method) is { } own)
                Add(new JobMethod(RequireJobName(own, type, method), type, method));
            else if (unnamed == 1 && MethodRules.PlainName(type, method) is var plain && JobRules.IsName(plain))
                Add(new JobMethod(plain, type, method));
        }
    }

    private void Add(JobMethod method)
    {
        if (!_byName.TryAdd(method.Name, method))
        {
            throw new DibsConfigurationException("method-name-clash",
                $"The methods '{Describe(_byName[method.Name])}' and '{Describe(method)}' have the same name '{method.Name}'. Give one of them another with [JobName].");
        }
        _byMethod[(method.Service, MethodRules.Identity(method.Method))] = method;
    }

    private static string RequireJobName(string name, Type type, MethodInfo method)
    {
        try
        {
            JobRules.RequireName("job method", name);
            return name;
        }
        catch (JobRefusedException e)
        {
            throw new DibsConfigurationException("bad-job-name", $"[JobName] of '{MethodRules.PlainName(type, method)}': {e.Message}", e);
        }
    }

    // What a framework or package declares is not callable by inheriting it: neither as it is nor overridden.
    private bool BelongsToUs(MethodInfo method) =>
        _assemblies.Contains(method.DeclaringType!.Assembly)
        && (!method.IsVirtual || _assemblies.Contains(method.GetBaseDefinition().DeclaringType!.Assembly));

    private JobRefusedException Refusal(Type service, MethodInfo method, bool isBound)
    {
        var name = MethodRules.PlainName(service, method);
        if (MethodRules.Refusal(service, method) is { } refusal)
            return refusal;
        if (!_assemblies.Contains(service.Assembly) || !BelongsToUs(method))
        {
            var owner = _assemblies.Contains(service.Assembly) ? method.GetBaseDefinition().DeclaringType! : service;
            return new("method-not-in-application",
                $"'{name}' belongs to the assembly '{owner.Assembly.GetName().Name}', which is not named to Dibs as one of this application. Add AddMethodsFrom(typeof({owner.Name}).Assembly), or wrap it in a method of yours.");
        }
        if (!JobRules.IsName(name))
            return new("method-name-too-long", $"'{name}' is longer than {Limits.NameBytes} bytes. Give it a shorter name with [JobName(\"…\")].");
        if (isBound && _byMethod.ContainsKey((service, MethodRules.Identity(method))))
        {
            return new("method-bound", $"'{name}' is bound to an instance, which cannot be stored. "
                + (method.IsStatic ? $"Write the call as () => {service.Name}.{method.Name}(…)." : $"Write the call as ({service.Name} x) => x.{method.Name}(…): the instance is resolved when the job runs."));
        }
        return new("method-overloaded", $"'{name}' is overloaded, so its name does not say which method is meant. Put [JobName(\"…\")] on the overloads.");
    }

    private static string? JobName(Type type, MethodInfo method) =>
        method.DeclaringType == type ? method.GetCustomAttribute<JobNameAttribute>(inherit: false)?.Name : null;

    private static string Describe(JobMethod method) =>
        $"{MethodRules.PlainName(method.Service, method.Method)}({string.Join(", ", method.Method.GetParameters().Select(parameter => parameter.ParameterType.Name))})";

    // Reflection lists a hidden method ('new') after the one that hides it; a call only ever means the latter.
    private static List<MethodInfo> WithoutHidden(IEnumerable<MethodInfo> methods)
    {
        var seen = new List<MethodInfo>();
        foreach (var method in methods)
        {
            var types = method.GetParameters().Select(parameter => parameter.ParameterType);
            if (!seen.Any(known => known.GetParameters().Select(parameter => parameter.ParameterType).SequenceEqual(types)))
                seen.Add(method);
        }
        return seen;
    }
}
