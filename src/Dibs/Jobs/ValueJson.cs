using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Dibs.Jobs;

/// <summary>How arguments and results become JSON and values again: web defaults, fields included (so that tuples survive), enums by name.</summary>
internal static class ValueJson
{
    /// <summary>For results, and for whatever is read.</summary>
    public static JsonSerializerOptions Options { get; } = MakeOptions(new DefaultJsonTypeInfoResolver());

    /// <summary>For arguments: what the worker would not get as it was given is refused.</summary>
    private static JsonSerializerOptions Strict { get; } = MakeOptions(new DefaultJsonTypeInfoResolver { Modifiers = { RefuseDerived } }, new WholeText());

    /// <summary>The JSON of a value by the type that it has.</summary>
    public static JsonElement Write(object? value, string what) => value switch
    {
        CancellationToken => throw JobErrors.RealToken(what),
        null => Null,
        _ => Write(value, value.GetType(), what),
    };

    /// <summary>
    /// The JSON of a value by the type that the method declares. It is read back and written again, because what the worker
    /// could not read, or would get as something else, has to be refused now.
    /// </summary>
    /// <exception cref="JobRefusedException">It cannot become JSON, or something else would come back than was given.</exception>
    public static JsonElement Write(object? value, Type type, string what)
    {
        try
        {
            var info = Strict.GetTypeInfo(type);
            var json = JsonSerializer.SerializeToElement(value, info);
            if (value is null || IsPlain(type))
                return json;
            var again = JsonSerializer.SerializeToElement(json.Deserialize(info), info);
            return JsonElement.DeepEquals(json, again) ? json : throw Changed(what, type, json, again);
        }
        catch (LossException e)
        {
            throw new JobRefusedException("argument-not-json", $"{what} cannot be stored as it is: {e.Message}");
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

    private static JobRefusedException Changed(string what, Type type, JsonElement json, JsonElement again) => new("argument-not-json",
        $"{what} ({type}) would not come back as it is: its JSON {JobRules.Show(json.GetRawText())} reads back as {JobRules.Show(again.GetRawText())}. "
        + "Pass an id, or a plain record, all of whose properties can be set.");

    // An instance of a derived type loses what the declared type does not have, unless that type says how it is told apart.
    private static void RefuseDerived(JsonTypeInfo declared)
    {
        if (declared.Kind != JsonTypeInfoKind.Object || declared.Type.IsSealed || declared.PolymorphismOptions is not null)
            return;
        declared.OnSerializing = value =>
        {
            var actual = value.GetType();
            if (actual != declared.Type && Parts(Options.GetTypeInfo(actual)) > Parts(declared))
            {
                throw new LossException(
                    $"a {actual} in it is declared as {declared.Type} and would lose what {actual} adds. Declare that type, or mark the declared one with [JsonDerivedType].");
            }
        };
    }

    private static int Parts(JsonTypeInfo type) => type.Properties.Count(property => property.Get is not null);

    private static bool IsPlain(Type type) =>
        Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) != TypeCode.Object || type == typeof(Guid) || type == typeof(DateTimeOffset) || type == typeof(TimeSpan);

    private static JsonSerializerOptions MakeOptions(DefaultJsonTypeInfoResolver types, params IEnumerable<JsonConverter> converters)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            IncludeFields = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = types,
            Converters = { new JsonStringEnumConverter() },
        };
        foreach (var converter in converters)
            options.Converters.Add(converter);
        options.MakeReadOnly();
        return options;
    }

    /// <summary>A part of a value would be lost. Serializers let it pass as it is, as no exception of theirs.</summary>
    private sealed class LossException(string message) : Exception(message);

    /// <summary>Text that is refused when it has half a surrogate pair, which would silently become another character.</summary>
    private sealed class WholeText : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

        public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString()!;

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(Whole(value));

        public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(Whole(value));

        private static string Whole(string text) => JobRules.HalfPair(text) is var at and >= 0
            ? throw new LossException($"the text '{JobRules.Show(text)}' has half a surrogate pair at position {at + 1}. Mend the text.")
            : text;
    }
}
