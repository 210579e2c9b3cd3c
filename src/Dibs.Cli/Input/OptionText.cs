using System.Globalization;
using Dibs.Jobs;

namespace Dibs.Cli.Input;

/// <summary>The small grammars of option values.</summary>
internal static class OptionText
{
    private const int AllOfMask = 0x1FF; // rwxrwxrwx

    /// <summary><c>R</c> or <c>R=CAPACITY</c>.</summary>
    public static SharedResource Shared(string text)
    {
        var equals = text.LastIndexOf('=');
        if (equals < 0)
            return new SharedResource(text);
        var (name, capacity) = (text[..equals], text[(equals + 1)..]);
        return int.TryParse(capacity, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 1
            ? new SharedResource(name, count)
            : throw new UsageException($"the capacity '{capacity}' of '{name}' is not a whole number from 1 up; write --shared {name} or --shared {name}=5");
    }

    /// <summary><c>K=V</c>, each key once.</summary>
    public static Dictionary<string, string> Pairs(string option, IEnumerable<string> texts)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
                throw new UsageException($"{option} '{text}' is not a name and a value; write {option} name=value");
            if (!pairs.TryAdd(text[..equals], text[(equals + 1)..]))
                throw new UsageException($"{option} gives '{text[..equals]}' twice; give each name once");
        }
        return pairs;
    }

    public static JobState State(string text) =>
        JobStates.TryParse(text, out var state)
            ? state
            : throw new UsageException($"'{text}' is not a state{Meant(text, JobStates.All)}; the states are {string.Join(", ", JobStates.All)}");

    /// <summary>What may follow <c>--on-store-loss</c>.</summary>
    public static IReadOnlyList<string> StoreLosses { get; } = ["wait", "exit"];

    public static OnStoreLoss StoreLoss(string text) => text switch
    {
        "wait" => OnStoreLoss.Wait,
        "exit" => OnStoreLoss.Exit,
        _ => throw new UsageException($"--on-store-loss is '{text}'{Meant(text, StoreLosses)}; write wait or exit"),
    };

    /// <summary>What may follow <c>--on-worker-lost</c>.</summary>
    public static IReadOnlyList<string> WorkerLosses { get; } = ["fail", "retry"];

    public static OnWorkerLost WorkerLoss(string text) => text switch
    {
        "fail" => OnWorkerLost.Fail,
        "retry" => OnWorkerLost.Retry,
        _ => throw new UsageException($"--on-worker-lost is '{text}'{Meant(text, WorkerLosses)}; write fail or retry"),
    };

    /// <summary>What may follow <c>--isolation</c>, in the order of <see cref="Isolation"/>.</summary>
    public static IReadOnlyList<string> Isolations { get; } = ["none", "process"];

    public static Isolation Isolation(string text) => text switch
    {
        "none" => Dibs.Isolation.None,
        "process" => Dibs.Isolation.Process,
        _ => throw new UsageException($"--isolation is '{text}'{Meant(text, Isolations)}; write process or none"),
    };

    /// <summary>Bytes, with <c>K</c>, <c>M</c> or <c>G</c> in powers of 1,024.</summary>
    public static long Size(string option, string text, long least)
    {
        var shift = text.Length == 0 ? 0 : char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        var digits = shift == 0 ? text : text[..^1];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= long.MaxValue >> shift && number << shift >= least
            ? number << shift
            : throw new UsageException($"{option} is '{text}'; give a size from {least >> 20}M up, such as 512M or 2G");
    }

    public static int Number(string option, string text, int least, int most) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new UsageException($"{option} is '{text}'; give a whole number from {least} to {most}");

    public static TimeSpan Duration(string option, string text, TimeSpan least, TimeSpan most)
    {
        var duration = DurationText.Parse(text);
        return duration >= least && duration <= most
            ? duration
            : throw new UsageException($"{option} is {text}; give a duration from {DurationText.Format(least)} to {DurationText.Format(most)}");
    }

    /// <summary>A file mode mask in octal, as the shell's <c>umask</c> takes it.</summary>
    public static int Umask(string text)
    {
        if (text.Length is < 1 or > 4 || text.Any(digit => digit is < '0' or > '7') || Convert.ToInt32(text, 8) > AllOfMask)
        {
            // Celery takes the mask as a decimal number: --umask 18.
            var meant = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var mask) && mask <= AllOfMask ? $"; if '{text}' is the decimal number that Celery takes, write 0{Convert.ToString(mask, 8)}" : "";
            throw new UsageException($"--umask is '{text}'; give it in octal from 000 to 777, such as 022{meant}");
        }
        return Convert.ToInt32(text, 8);
    }

    /// <summary>", did you mean 'x'?", or nothing.</summary>
    public static string Meant(string text, IEnumerable<string> known) => NearestNames.Of(text, known) is [var word, ..] ? $", did you mean '{word}'?" : "";
}
