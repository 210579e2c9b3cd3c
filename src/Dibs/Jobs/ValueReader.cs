using System.Linq.Expressions;
using System.Reflection;

namespace Dibs.Jobs;

/// <summary>
/// Evaluates an argument without compiling it: constants, captured variables and what hangs on them are read by reflection;
/// operators and initializers are interpreted. Calls of methods are refused, because nobody who reads the expression
/// expects them to run here rather than in the job.
/// </summary>
internal static class ValueReader
{
    /// <param name="expression">The argument.</param>
    /// <param name="what">How errors name it.</param>
    /// <exception cref="JobRefusedException">It cannot be evaluated.</exception>
    public static object? Read(Expression expression, string what)
    {
        try
        {
            return Read(expression);
        }
        catch (NotEvaluatedException e)
        {
            throw new JobRefusedException("argument-not-evaluated", $"{what} cannot be evaluated: it {e.Message}. Put it in a local variable first, and pass that.");
        }
        catch (Exception e)
        {
            // Getters, operators and constructors of the application run here, so anything may come out of them.
            throw new JobRefusedException("argument-not-evaluated", $"{what} cannot be evaluated: {e.Message} Put it in a local variable first, and pass that.", e);
        }
    }

    private static object? Read(Expression expression) => expression switch
    {
        ConstantExpression constant => constant.Value,
        MemberExpression member when !IsNullable(member.Expression) => Read(member),
        UnaryExpression { NodeType: ExpressionType.Convert, Method: null } convert when convert.Type.IsAssignableFrom(convert.Operand.Type) => Read(convert.Operand),
        NewArrayExpression { NodeType: ExpressionType.NewArrayInit } array => Read(array),
        _ => Interpret(expression),
    };

    private static object? Read(MemberExpression member)
    {
        var target = member.Expression is null ? null : Read(member.Expression);
        if (target is null && member.Expression is not null)
            throw new NotEvaluatedException($"reads '{member.Member.Name}' of null");
        return member.Member switch
        {
            FieldInfo field => field.GetValue(target),
            PropertyInfo property => property.GetMethod!.Invoke(target, BindingFlags.DoNotWrapExceptions, null, null, null),
            _ => throw new NotEvaluatedException($"reads '{member.Member.Name}'"),
        };
    }

    // A boxed Nullable<T> is a boxed T or null, which has no HasValue to read.
    private static bool IsNullable(Expression? expression) => expression is not null && Nullable.GetUnderlyingType(expression.Type) is not null;

    private static Array Read(NewArrayExpression array)
    {
        var values = Array.CreateInstance(array.Type.GetElementType()!, array.Expressions.Count);
        for (var i = 0; i < array.Expressions.Count; i++)
            values.SetValue(Read(array.Expressions[i]), i);
        return values;
    }

    private static object? Interpret(Expression expression)
    {
        CalmVisitor.Instance.Visit(expression);
        return Expression.Lambda<Func<object?>>(Expression.Convert(expression, typeof(object))).Compile(preferInterpretation: true)();
    }

    /// <summary>Passes only what has no effect that anybody would look for in the job.</summary>
    private sealed class CalmVisitor : ExpressionVisitor
    {
        public static readonly CalmVisitor Instance = new();

        protected override Expression VisitMethodCall(MethodCallExpression node) =>
            IsCalm(node.Method) ? base.VisitMethodCall(node) : throw new NotEvaluatedException($"calls '{node.Method.DeclaringType?.Name}.{node.Method.Name}'");

        protected override Expression VisitParameter(ParameterExpression node) => throw new NotEvaluatedException($"uses '{node.Name}', which exists only when the job runs");

        protected override Expression VisitLambda<T>(Expression<T> node) => throw new NotEvaluatedException("is a lambda");

        protected override Expression VisitInvocation(InvocationExpression node) => throw new NotEvaluatedException("invokes a delegate");

        // Indexers, of arrays too, and operators; and System.String and the plain values beside it, whose methods change nothing: $"repo:{id}", TimeSpan.FromDays(1).
        private static bool IsCalm(MethodInfo method) =>
            method.IsSpecialName
            || method.DeclaringType is { IsArray: true }
            || method.DeclaringType is { Namespace: "System" } type && type.Assembly == typeof(string).Assembly && (type.IsValueType || type == typeof(string));
    }

    private sealed class NotEvaluatedException(string message) : Exception(message);
}
