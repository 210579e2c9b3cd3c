using System.Buffers;
using System.Text;

namespace Dibs.Jobs;

/// <summary>What names and counts may be, in one place. Every refusal names value, limit and remedy.</summary>
internal static class JobRules
{
    /// <summary>A delay or time beyond this is a mistake, not a plan.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(36_500);

    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(365);

    private const string IdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-";
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create(IdAlphabet);

    private static readonly SearchValues<char> StoredIdCharacters = SearchValues.Create($"{IdAlphabet}~");

    /// <summary>Longest id of a stored job: that of a requeued one, <c>ID~n</c>, goes beyond the limit by its suffix.</summary>
    private const int StoredIdLength = Limits.IdLength + 11;

    /// <summary>An id that a caller chose. <c>~</c> is kept for requeued jobs.</summary>
    public static void RequireId(string id)
    {
        if (id.Length is 0 or > Limits.IdLength)
            throw new JobRefusedException("bad-id", $"Job id '{Show(id)}' has {id.Length} characters; the limit is 1 to {Limits.IdLength}. Choose another one, or leave it out.");
        if (id.AsSpan().IndexOfAnyExcept(IdCharacters) is var at and >= 0)
        {
            throw new JobRefusedException("bad-id", id[at] == '~'
                ? $"Job id '{Show(id)}' contains '~', which marks requeued jobs. Use letters, digits, '.', '_', ':' and '-'."
                : $"Job id '{Show(id)}' contains '{Show(id[at].ToString())}' at position {at + 1}. Use letters, digits, '.', '_', ':' and '-'.");
        }
    }

    /// <summary>A name of something: 1 to 256 bytes of UTF-8 without control characters.</summary>
    /// <param name="kind">What it names, such as <c>resource</c>.</param>
    /// <param name="name">The name.</param>
    public static void RequireName(string kind, string? name)
    {
        if (string.IsNullOrEmpty(name))
            throw new JobRefusedException("bad-name", $"The name of a {kind} is empty. Give it 1 to {Limits.NameBytes} bytes.");
        if (name.AsSpan().IndexOfAnyInRange('\0', '\u001f') is var at and >= 0 || (at = name.IndexOf('\u007f')) >= 0)
            throw new JobRefusedException("bad-name", $"The name of a {kind}, '{Show(name)}', has a control character at position {at + 1}. Leave it out.");
        RequireBytes($"The name of a {kind}", name, Limits.NameBytes, "bad-name", "Shorten it, or use a digest of it.");
    }

    /// <summary>Whether an identifier of C# is short enough for <see cref="RequireName"/>.</summary>
    public static bool IsName(string identifier) => Encoding.UTF8.GetByteCount(identifier) <= Limits.NameBytes;

    /// <summary>Refuses text that is too long, or no text (half a surrogate pair).</summary>
    public static void RequireBytes(string what, string text, int limit, string code, string remedy)
    {
        RequireWhole(what, text, code);
        var bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > limit)
            throw new JobRefusedException(code, $"{what}, '{Show(text)}', has {bytes:N0} bytes; the limit is {limit:N0}. {remedy}");
    }

    /// <summary>Where half a surrogate pair stands in a text, which JSON and UTF-8 have no form for; −1 if nowhere.</summary>
    public static int HalfPair(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') < 0)
            return -1;
        for (var at = 0; at < text.Length; at++)
        {
            if (char.IsSurrogatePair(text, at))
                at++;
            else if (char.IsSurrogate(text[at]))
                return at;
        }
        return -1;
    }

    /// <summary>Everything in the options that can be checked without the call.</summary>
    /// <exception cref="ArgumentNullException">A list is null.</exception>
    /// <exception cref="JobRefusedException">Something is malformed or over its limit.</exception>
    public static void RequireOptions(JobOptions options)
    {
        ArgumentNullException.ThrowIfNull(options.Exclusive);
        ArgumentNullException.ThrowIfNull(options.Shared);
        ArgumentNullException.ThrowIfNull(options.After);
        ArgumentNullException.ThrowIfNull(options.Labels);
        if (options.Id is { } id)
            RequireId(id);
        RequireName("queue", options.Queue);
        if (options.Priority is < -Limits.Priority or > Limits.Priority)
            throw new JobRefusedException("bad-priority", $"{Of(options)} has the priority {options.Priority}; the limit is {-Limits.Priority} to {Limits.Priority}. Use one of these.");
        RequireTimes(options);
        RequireReservations(options);
        RequireDependencies(options);
        RequireLabels(options);
        if (options.Description is { } description)
            RequireBytes($"The description of {Of(options)}", description, Limits.DescriptionBytes, "bad-description", "Shorten it.");
    }

    /// <summary>A program with its arguments and environment.</summary>
    public static void RequireCommand(JobCall call)
    {
        if (call.Command is not [{ Length: > 0 }, ..])
            throw new JobRefusedException("bad-command", "A command job names no program. Give the program, then its arguments.");
        foreach (var part in call.Command)
        {
            if (part is null)
                throw new JobRefusedException("bad-command", "A part of the command is null. Leave it out, or make it empty.");
            RequireWhole($"'{Show(part)}'", part, "bad-command");
            if (part.Contains('\0', StringComparison.Ordinal))
                throw new JobRefusedException("bad-command", $"'{Show(part)}' has a NUL character, which no program can be given. Leave it out.");
        }
        foreach (var (name, value) in call.Env)
        {
            if (name.Length == 0 || name.AsSpan().IndexOfAny('=', '\0') >= 0 || value is null || value.Contains('\0', StringComparison.Ordinal))
                throw new JobRefusedException("bad-env", $"'{Show(name)}' is no environment variable: its name is empty or has '=' in it, its value is null, or it has a NUL character. Write it as NAME=VALUE.");
            RequireWhole($"The environment variable '{Show(name)}'", $"{name}={value}", "bad-env");
        }
    }

    private static void RequireWhole(string what, string text, string code)
    {
        if (HalfPair(text) is var at and >= 0)
            throw new JobRefusedException(code, $"{what} has half a surrogate pair at position {at + 1} and cannot be written as UTF-8. Mend the text.");
    }

    /// <summary>A value as errors show it: short, and without characters that do something to a terminal.</summary>
    public static string Show(string value)
    {
        const int Most = 60;
        var text = value.Length <= Most ? value : $"{value[..Most]}…";
        return string.Concat(text.Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) ? $"\\u{(int)letter:x4}" : letter.ToString()));
    }

    private static void RequireTimes(JobOptions options)
    {
        if (options.Timeout is { } timeout && (timeout < ShortestTimeout || timeout > LongestTimeout))
            throw new JobRefusedException("bad-timeout", $"{Of(options)} has the time-out {timeout}; the limit is 1 ms to {LongestTimeout.Days} days. Use a time in that range, or leave it out for none.");
        if (options.Delay is not { } delay)
            return;
        if (delay < TimeSpan.Zero || delay > LongestDelay)
            throw new JobRefusedException("bad-delay", $"{Of(options)} has the delay {delay}; the limit is 0 to {LongestDelay.Days:N0} days. Use a time in that range.");
        if (options.RunAt is not null)
            throw new JobRefusedException("bad-delay", $"{Of(options)} has both a delay ({delay}) and a time ({options.RunAt:O}). Use one of them.");
    }

    private static void RequireReservations(JobOptions options)
    {
        foreach (var resource in options.Exclusive)
            RequireName("resource", resource);
        foreach (var (resource, capacity) in options.Shared)
        {
            RequireName("resource", resource);
            if (capacity < 1)
                throw new JobRefusedException("bad-capacity", $"Resource '{Show(resource)}' has the capacity {capacity}; it is from 1 up. Leave it out for an unlimited one.");
        }
    }

    private static void RequireDependencies(JobOptions options)
    {
        if (options.After.Count > Limits.Dependencies)
        {
            throw new JobRefusedException("too-many-dependencies",
                $"{Of(options)} comes after {options.After.Count} jobs; the limit is {Limits.Dependencies}. Put jobs between that come after {Limits.Dependencies} each.");
        }
        foreach (var id in options.After)
        {
            if (id is null or "")
                throw new JobRefusedException("bad-id", $"{Of(options)} comes after a job with an empty id. Give its id.");
            if (id.Length > StoredIdLength || id.AsSpan().IndexOfAnyExcept(StoredIdCharacters) >= 0)
                throw new JobRefusedException("bad-id", $"{Of(options)} comes after '{Show(id)}', which is no id of a job. Ids have letters, digits, '.', '_', ':', '-' and '~', and at most {StoredIdLength} of them.");
        }
    }

    private static void RequireLabels(JobOptions options)
    {
        if (options.Labels.Count > Limits.Labels)
            throw new JobRefusedException("too-many-labels", $"{Of(options)} has {options.Labels.Count} labels; the limit is {Limits.Labels}. Put the rest into the arguments.");
        foreach (var (name, value) in options.Labels)
        {
            RequireName("label", name);
            if (value is null)
                throw new JobRefusedException("bad-label", $"The value of label '{Show(name)}' is null. Leave the label out, or make it empty.");
            RequireBytes($"The value of label '{Show(name)}'", value, Limits.NameBytes, "bad-label", "Shorten it.");
        }
    }

    private static string Of(JobOptions options) => options.Id is { } id ? $"Job '{id}'" : "The job";
}
