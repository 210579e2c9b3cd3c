using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Dibs.Tests.PublicApi;

/// <summary>The public members of an assembly as sorted lines of text, without what the compiler adds to records.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    public static string[] Of(Assembly assembly) =>
        [.. assembly.GetExportedTypes().OrderBy(Name, StringComparer.Ordinal).SelectMany(type => Members(type).Order(StringComparer.Ordinal).Prepend(Describe(type)))];

    private static string Describe(Type type)
    {
        var kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct"
            : type.IsAbstract && type.IsSealed ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";
        return $"{kind} {Name(type)}";
    }

    private static IEnumerable<string> Members(Type type) => type.IsEnum
        ? Enum.GetNames(type).Select(name => string.Create(CultureInfo.InvariantCulture, $"  {Name(type)}.{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}"))
        : type.GetMembers(Declared).Where(member => !IsGenerated(member)).Select(member => member switch
        {
            ConstructorInfo constructor when IsVisible(constructor) => $"new({Parameters(constructor)})",
            MethodInfo { IsSpecialName: false } method when IsVisible(method) => $"{Static(method)}{Name(method.ReturnType)}{Mark(Nullability.Create(method.ReturnParameter))} {method.Name}{Generics(method)}({Parameters(method)})",
            MethodInfo { Name: "op_Implicit" or "op_Explicit" } method => $"static {Name(method.ReturnType)} {method.Name}({Parameters(method)})",
            PropertyInfo property when property.GetMethod is { } getter && IsVisible(getter) => $"{Static(getter)}{Name(property.PropertyType)}{Mark(Nullability.Create(property))} {property.Name} {{ get; {Setter(property)}}}",
            FieldInfo field when field.IsPublic => $"{(field.IsLiteral ? "const" : field.IsStatic ? "static" : "field")} {Name(field.FieldType)} {field.Name}{(field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "")}",
            _ => null,
        }).OfType<string>().Select(text => $"  {Name(type)}: {text}");

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsGenerated(MemberInfo member) =>
        member.IsDefined(typeof(CompilerGeneratedAttribute)) || member.Name.Contains('<', StringComparison.Ordinal) || member.Name == "EqualityContract"
        || member is ConstructorInfo constructor && constructor.GetParameters() is [var only] && only.ParameterType == member.DeclaringType;

    private static string Setter(PropertyInfo property) => property.SetMethod is not { IsPublic: true } setter ? ""
        : setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; ";

    private static string Static(MethodInfo method) => method.IsStatic ? "static " : "";

    private static string Generics(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(parameter => $"{Name(parameter.ParameterType)}{Mark(Nullability.Create(parameter))} {parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : "")}"));

    // Of a reference; a nullable value type says so itself.
    private static string Mark(NullabilityInfo info) => info.ReadState == NullabilityState.Nullable && !info.Type.IsValueType ? "?" : "";

    private static string Name(Type type)
    {
        if (type.IsArray)
            return $"{Name(type.GetElementType()!)}[]";
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return $"{Name(underlying)}?";
        if (type.IsGenericParameter)
            return type.Name;
        var name = type.Namespace?.StartsWith("Dibs", StringComparison.Ordinal) == true && type.FullName is { } full ? full.Split('`')[0] : type.Name.Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }
}
