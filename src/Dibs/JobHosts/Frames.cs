using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dibs.Stores;

namespace Dibs.JobHosts;

/// <summary>
/// What a worker and its job hosts say to each other, as <c>docs/job-hosts.md</c> describes it: four bytes of length, little
/// endian, then so many bytes of JSON.
/// </summary>
internal static class Frames
{
    /// <summary>Of the frames themselves. Both sides are of one version of Dibs; a host of another one is refused.</summary>
    public const int Protocol = 1;

    /// <summary>Above all that fits into a job with its limits: arguments and result of 1 MiB each become larger by a third as base64.</summary>
    public const int MostBytes = 16 * 1024 * 1024;

    private const int HeadBytes = 4;

    public static byte[] Encode(Frame frame)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(frame, FrameJson.Default.Frame);
        var bytes = new byte[HeadBytes + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, body.Length);
        body.CopyTo(bytes, HeadBytes);
        return bytes;
    }

    /// <summary>The next frame; null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">What came is no frame.</exception>
    /// <exception cref="EndOfStreamException">It ended in the middle of one.</exception>
    public static Frame? Read(Stream stream)
    {
        var head = new byte[HeadBytes];
        var first = stream.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false);
        if (first == 0)
            return null;
        if (first < HeadBytes)
            throw new EndOfStreamException("The stream ended within the length of a frame.");
        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length is < 0 or > MostBytes)
            throw new InvalidDataException($"A frame says that it has {length} bytes; the limit is {MostBytes}.");
        var body = new byte[length];
        stream.ReadExactly(body);
        try
        {
            return JsonSerializer.Deserialize(body, FrameJson.Default.Frame) ?? throw new InvalidDataException("A frame is null.");
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException)
        {
            throw new InvalidDataException($"A frame of {length} bytes cannot be read: {failure.Message}", failure);
        }
    }
}

/// <summary>One message.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(HelloFrame), "hello")]
[JsonDerivedType(typeof(RunFrame), "run")]
[JsonDerivedType(typeof(BeganFrame), "began")]
[JsonDerivedType(typeof(FeedFrame), "feed")]
[JsonDerivedType(typeof(StopFrame), "stop")]
[JsonDerivedType(typeof(ReportFrame), "report")]
[JsonDerivedType(typeof(EndedFrame), "ended")]
[JsonDerivedType(typeof(LeaveFrame), "leave")]
internal abstract record Frame;

/// <summary>Host: it is ready for jobs.</summary>
internal sealed record HelloFrame(int Protocol) : Frame;

/// <summary>Worker: run this attempt, unless the time <paramref name="Until"/> has passed (see <see cref="FeedFrame"/>).</summary>
internal sealed record RunFrame(string JobId, int Attempt, long Fence, string Queue, byte[] Content, long Until, string? Method = null) : Frame;

/// <summary>Host: from now on the code of the attempt may have run.</summary>
internal sealed record BeganFrame(long Fence) : Frame;

/// <summary>Worker: the lease is good until then, in nanoseconds of CLOCK_BOOTTIME. Without news the host kills itself and all that it started.</summary>
internal sealed record FeedFrame(long Until) : Frame;

/// <summary>Worker: ask the code of this attempt to stop.</summary>
internal sealed record StopFrame(long Fence) : Frame;

/// <summary>Host: what the attempt said since the last report.</summary>
internal sealed record ReportFrame(long Fence, IReadOnlyList<ProgressRecord> Progress, IReadOnlyList<string> Created, IReadOnlyList<LogLine> Lines) : Frame;

/// <summary>Host: how the attempt ended; nothing that it started is left.</summary>
/// <param name="Fence">Which attempt.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="IsWorn">The host asks to be replaced.</param>
/// <param name="Reason">With failed.</param>
/// <param name="Result">JSON.</param>
/// <param name="Exit">Of a command.</param>
/// <param name="Error">What went wrong.</param>
internal sealed record EndedFrame(
    long Fence, SettleOutcome Outcome, bool IsWorn, string? Reason = null, byte[]? Result = null, ExitRecord? Exit = null, JobError? Error = null) : Frame;

/// <summary>Worker: end in good order.</summary>
internal sealed record LeaveFrame : Frame;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Frame))]
internal sealed partial class FrameJson : JsonSerializerContext;
