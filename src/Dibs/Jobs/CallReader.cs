using System.Linq.Expressions;
using System.Text.Json;

namespace Dibs.Jobs;

/// <summary>Reads the call that an expression writes: the method, and its arguments as JSON.</summary>
internal static class CallReader
{
    /// <exception cref="JobRefusedException">It is not a call that can be stored.</exception>
    public static JobCall Read(LambdaExpression lambda, MethodCatalog catalog)
    {
        var call = Body(lambda);
        var service = lambda.Parameters.Count == 0 ? null : lambda.Parameters[0];
        var onService = service is not null && call.Object == service;
        if (call.Object is not null && service is not null && !onService)
            throw NotACall($"calls '{call.Method.Name}' on something else than '{service.Name}'");
        var method = catalog.Find(onService ? service!.Type : call.Method.DeclaringType!, call.Method, isBound: call.Object is not null && !onService);
        return new JobCall { Method = method.Name, Args = Arguments(call, method) };
    }

    private static List<JsonElement> Arguments(MethodCallExpression call, JobMethod method)
    {
        var args = new List<JsonElement>(call.Arguments.Count);
        for (var i = 0; i < call.Arguments.Count; i++)
        {
            var parameter = method.Parameters[i];
            var value = ValueReader.Read(call.Arguments[i], parameter.What);
            if (parameter.Source == ParameterSource.Argument)
                args.Add(parameter.Write(value));
            else
                parameter.RefuseValue(value);
        }
        return args;
    }

    private static MethodCallExpression Body(LambdaExpression lambda)
    {
        var body = lambda.Body;
        while (body is UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked } convert)
            body = convert.Operand;
        return body switch
        {
            MethodCallExpression call => call,
            InvocationExpression => throw MethodRules.Lambda(),
            _ => throw NotACall($"is a {body.NodeType}"),
        };
    }

    private static JobRefusedException NotACall(string what) => new("not-a-call",
        $"The expression {what}. A job is one call of a method: () => Reports.Build(42), or (Reports r) => r.Build(42).");
}
