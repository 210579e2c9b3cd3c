using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Dibs.Jobs;

/// <summary>How arguments and results become JSON and values again: web defaults, fields included (so that tuples survive), enums by name.</summary>
internal static class ValueJson
{
    public static JsonSerializerOptions Options { get; } = MakeOptions();

    /// <summary>The JSON of a value by the type that it has.</summary>
    public static JsonElement Write(object? value, string what) => value switch
    {
        JsonElement json => json,
        CancellationToken => throw JobErrors.RealToken(what),
        null => Null,
        _ => Write(value, value.GetType(), what),
    };

    /// <summary>
    /// The JSON of a value by the type that the method declares. It is read back, because what the worker could not read
    /// has to be refused now.
    /// </summary>
    /// <exception cref="JobRefusedException">It cannot become JSON, or nothing would come back, or less than was given.</exception>
    public static JsonElement Write(object? value, Type type, string what)
    {
        try
        {
            var info = Options.GetTypeInfo(type);
            var json = JsonSerializer.SerializeToElement(value, info);
            if (value is not null && !IsPlain(type))
            {
                RefuseLoss(value, info, json, what);
                json.Deserialize(info);
            }
            return json;
        }
        catch (Exception e) when (e is not JobRefusedException)
        {
            // Serializers run code of the application (getters, constructors, converters), so anything may come out of them.
            throw new JobRefusedException("argument-not-json",
                $"{what} ({type}) cannot be stored as JSON and read again: {e.Message} Pass an id, or a plain record.", e);
        }
    }

    /// <summary>A value from JSON, for code of the application; its errors are those of the serializer.</summary>
    public static T Read<T>(JsonElement json) => json.Deserialize<T>(Options)!;

    private static JsonElement Null { get; } = JsonSerializer.SerializeToElement<object?>(null, Options);

    // An instance of a derived type loses what the declared type does not have, unless that type says how it is told apart.
    private static void RefuseLoss(object value, JsonTypeInfo declared, JsonElement json, string what)
    {
        var actual = value.GetType();
        if (actual == declared.Type || declared.Type == typeof(object) || declared.Kind != JsonTypeInfoKind.Object || declared.PolymorphismOptions is not null)
            return;
        if (!JsonElement.DeepEquals(json, JsonSerializer.SerializeToElement(value, Options.GetTypeInfo(actual))))
        {
            throw new JobRefusedException("argument-not-json",
                $"{what} is declared as {declared.Type} and would lose what {actual} adds. Declare that type, or mark the declared one with [JsonDerivedType].");
        }
    }

    private static bool IsPlain(Type type) =>
        Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) != TypeCode.Object || type == typeof(Guid) || type == typeof(DateTimeOffset) || type == typeof(TimeSpan);

    private static JsonSerializerOptions MakeOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            IncludeFields = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            Converters = { new JsonStringEnumConverter() },
        };
        options.MakeReadOnly();
        return options;
    }
}
