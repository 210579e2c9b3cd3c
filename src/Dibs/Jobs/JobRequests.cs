using System.Linq.Expressions;

namespace Dibs.Jobs;

/// <summary>A call written as an expression.</summary>
internal sealed class ExpressionRequest(LambdaExpression call, JobOptions? options) : JobRequest(options)
{
    internal override JobCall Read(MethodCatalog? catalog) => CallReader.Read(call, MethodCatalog.Require(catalog));
}

/// <summary>A call of the method of a delegate.</summary>
internal sealed class DelegateRequest(
    Delegate method, IReadOnlyList<object?>? args, IReadOnlyDictionary<string, object?>? kwargs, JobOptions? options) : JobRequest(options)
{
    internal override JobCall Read(MethodCatalog? catalog)
    {
        if (!method.HasSingleTarget)
            throw new JobRefusedException("method-several", $"The delegate calls {method.GetInvocationList().Length} methods; a job is one call. Enqueue a job for each.");
        var target = method.Method;
        if (target.DeclaringType is not { } service)
            throw MethodRules.Lambda();
        var known = MethodCatalog.Require(catalog).Find(service, target, isBound: method.Target is not null);
        return NamedRequest.Checked(known, args, kwargs);
    }
}

/// <summary>A call by the stored name of the method.</summary>
internal sealed class NamedRequest(
    string method, IReadOnlyList<object?>? args, IReadOnlyDictionary<string, object?>? kwargs, JobOptions? options) : JobRequest(options)
{
    internal override JobCall Read(MethodCatalog? catalog) =>
        catalog is null ? Call(method, args, kwargs) : Checked(catalog.Find(method), args, kwargs);

    /// <summary>The call, of which the method has accepted the arguments.</summary>
    internal static JobCall Checked(JobMethod method, IReadOnlyList<object?>? args, IReadOnlyDictionary<string, object?>? kwargs)
    {
        var call = Call(method.Name, args, kwargs);
        method.Bind(call.Args, call.Named);
        return call;
    }

    private static JobCall Call(string method, IReadOnlyList<object?>? args, IReadOnlyDictionary<string, object?>? kwargs) => new()
    {
        Method = method,
        Args = [.. (args ?? []).Select((value, i) => ValueJson.Write(value, $"Argument {i + 1} of '{method}'"))],
        Named = (kwargs ?? new Dictionary<string, object?>())
            .ToDictionary(pair => pair.Key, pair => ValueJson.Write(pair.Value, $"Argument '{pair.Key}' of '{method}'"), StringComparer.Ordinal),
    };
}

/// <summary>A program to run.</summary>
internal sealed class CommandRequest(
    IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? env, JobOptions? options) : JobRequest(options)
{
    internal override JobCall Read(MethodCatalog? catalog) => new() { Command = command, Env = env ?? new Dictionary<string, string>() };
}
