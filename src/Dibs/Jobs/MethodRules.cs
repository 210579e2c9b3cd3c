using System.Reflection;
using System.Runtime.CompilerServices;

namespace Dibs.Jobs;

/// <summary>Which methods a job can call at all, whoever they belong to.</summary>
internal static class MethodRules
{
    /// <summary>The stored name of a method without <see cref="JobNameAttribute"/>.</summary>
    public static string PlainName(Type service, MethodInfo method) => $"{service.FullName?.Replace('+', '.')}.{method.Name}";

    /// <summary>Whether the compiler made this method or its type: a lambda, a local function, a member of a record.</summary>
    public static bool IsGenerated(MethodInfo method) =>
        method.Name.Contains('<', StringComparison.Ordinal)
        || method.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        || method.DeclaringType is { } type && type.Name.Contains('<', StringComparison.Ordinal);

    /// <summary>What a method hides or overrides is the same method, as far as a call of it goes.</summary>
    public static RuntimeMethodHandle Identity(MethodInfo method) => (method.IsVirtual ? method.GetBaseDefinition() : method).MethodHandle;

    /// <summary>Why no job can call this method on this type; null if one can.</summary>
    public static JobRefusedException? Refusal(Type service, MethodInfo method)
    {
        var name = PlainName(service, method);
        if (IsGenerated(method))
            return Lambda();
        if (service.ContainsGenericParameters || service.IsGenericType || method.IsGenericMethod)
            return new("method-generic", $"'{name}' is generic, so its name does not say which method is meant. Add a public method that is not and calls it.");
        if (!method.IsPublic || !service.IsVisible)
            return new("method-not-public", $"'{name}' is not a public method of a public type. Jobs call public methods only: make it and its type public.");
        if (method.IsSpecialName || typeof(Delegate).IsAssignableFrom(service) || (method.IsStatic ? method.IsAbstract : service.IsValueType))
            return new("method-special", $"'{name}' is a property, operator, delegate or method of a struct. Jobs call plain methods of classes and interfaces, and static methods.");
        if (method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute)))
            return new("method-async-void", $"'{name}' is 'async void': nobody could tell when it ends. Return Task.");
        if (IsUnstorable(method.ReturnType))
            return new("method-result", $"'{name}' returns a reference, pointer or span, which cannot be stored. Return a value.");
        if (MethodOutcome.IsUnknownAsync(method.ReturnType))
            return new("method-result", $"'{name}' returns a {method.ReturnType}, which nobody would await to its end. Return Task, ValueTask, or one of them with a value.");
        if (method.GetParameters().FirstOrDefault(parameter => IsUnstorable(parameter.ParameterType)) is { } parameter)
        {
            return new("method-parameter",
                $"Parameter '{parameter.Name}' of '{name}' is a ref, in, out, pointer or span, which cannot be stored. Take an array or a plain value, and return what is 'out'.");
        }
        return null;
    }

    /// <summary>Refuses what has no name.</summary>
    public static JobRefusedException Lambda() =>
        new("method-lambda", "A lambda or local function has no name that could be stored. Make it a public method of a public type, and name that.");

    private static bool IsUnstorable(Type type) => type.IsByRef || type.IsPointer || type.IsFunctionPointer || type.IsByRefLike;
}
