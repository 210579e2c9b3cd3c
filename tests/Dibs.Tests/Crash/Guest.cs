namespace Dibs.Tests.Crash;

/// <summary>A job as it was enqueued, a method or a command, which signs the book of each resource that it reserves.</summary>
internal sealed record Guest(string Id, bool IsCommand, int Milliseconds, string[] Exclusive, string[] Shared)
{
    private const int MostResources = 3;
    private const int MostMilliseconds = 40;

    /// <summary>A program that goes on for so long can outlive the lease of its killed worker.</summary>
    private static readonly int LongMilliseconds = (int)(2 * CrashScene.Lease).TotalMilliseconds;

    public IEnumerable<string> Resources => Exclusive.Concat(Shared);

    /// <summary>What it reserves beside, shared and without a book.</summary>
    public IReadOnlyList<string> Beside { get; init; } = [];

    public OnWorkerLost OnWorkerLost { get; init; }

    public TimeSpan? Delay { get; init; }

    public TimeSpan? Timeout { get; init; }

    /// <summary>Half of them commands; one to three resources, two thirds of them exclusive.</summary>
    public static Guest Random(string id, int resources, bool isLong, Random random)
    {
        var names = Enumerable.Range(0, random.Next(1, MostResources + 1)).Select(_ => $"resource-{random.Next(resources)}").Distinct(StringComparer.Ordinal).ToArray();
        var exclusive = names.Where(_ => random.Next(3) > 0).ToArray();
        return new Guest(id, random.Next(2) == 0, isLong ? LongMilliseconds : random.Next(MostMilliseconds), exclusive, [.. names.Except(exclusive, StringComparer.Ordinal)]);
    }

    /// <summary>Whether both reserve this resource in ways that exclude each other.</summary>
    public bool IsInTheWayOf(Guest other, string resource) => Exclusive.Contains(resource, StringComparer.Ordinal) || other.Exclusive.Contains(resource, StringComparer.Ordinal);
}
