using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Dibs.Jobs;

namespace Dibs.Clients;

/// <summary>
/// SHA-256 of what the caller gave, by which the store tells a repeated enqueue from another job under the same id. What
/// differs from one try to the next stays out: the id itself, the trace, the job in whose code it happens.
/// </summary>
internal static class JobDigest
{
    public static byte[] Of(JobCall call, JobOptions options, IReadOnlyList<Reservation> reservations, IReadOnlyList<string> after)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteCall(json, call);
            json.WriteString("queue", options.Queue);
            json.WriteNumber("priority", options.Priority);
            WriteReservations(json, reservations);
            WriteTexts(json, "after", after.Count > 1 ? after.Order(StringComparer.Ordinal) : after);
            if (options.Delay is { } delay)
                json.WriteNumber("delay", delay.Ticks);
            if (options.RunAt is { } runAt)
                json.WriteNumber("runAt", runAt.UtcTicks);
            if (options.Timeout is { } timeout)
                json.WriteNumber("timeout", timeout.Ticks);
            if (options.OnWorkerLost == OnWorkerLost.Retry)
                json.WriteBoolean("retryable", true);
            WriteSorted(json, "labels", options.Labels, (label, writer) => writer.WriteStringValue(label));
            json.WriteString("description", options.Description);
            json.WriteEndObject();
        }
        return SHA256.HashData(buffer.WrittenSpan);
    }

    private static void WriteCall(Utf8JsonWriter json, JobCall call)
    {
        json.WriteString("method", call.Method);
        json.WriteStartArray("args");
        foreach (var arg in call.Args)
            arg.WriteTo(json);
        json.WriteEndArray();
        WriteSorted(json, "named", call.Named, (arg, writer) => arg.WriteTo(writer));
        if (call.Command is not null)
            WriteTexts(json, "command", call.Command);
        WriteSorted(json, "env", call.Env, (value, writer) => writer.WriteStringValue(value));
    }

    private static void WriteReservations(Utf8JsonWriter json, IReadOnlyList<Reservation> reservations)
    {
        json.WriteStartArray("reservations");
        foreach (var (resource, mode, capacity) in reservations)
        {
            json.WriteStringValue(resource);
            json.WriteNumberValue(mode == ReservationMode.Exclusive ? -1 : capacity ?? 0);
        }
        json.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void WriteSorted<T>(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, T> values, Action<T, Utf8JsonWriter> write)
    {
        if (values.Count == 0)
            return;
        json.WriteStartObject(name);
        foreach (var (key, value) in values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WritePropertyName(key);
            write(value, json);
        }
        json.WriteEndObject();
    }
}
