using System.Diagnostics;
using System.Globalization;
using Dibs.Cli.Input;
using Dibs.Tests.Support;

namespace Dibs.Tests.Crash.Faults;

/// <summary>Faults at random, for as long as <c>DIBS_SOAK</c> says: as <c>./test soak 30m</c>.</summary>
public sealed class SoakTests
{
    private const string LengthVariable = "DIBS_SOAK";
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Whatever_is_hit_at_any_time_nothing_is_lost_stuck_or_at_once()
    {
        var asked = Environment.GetEnvironmentVariable(LengthVariable);
        var length = asked is null ? Shortest : DurationText.Parse(asked);
        var seed = RandomTrials.FirstSeed();
        var clock = Stopwatch.StartNew();
        var (begun, ended) = (-1, 0);
        await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(async _ =>
        {
            while (clock.Elapsed < length)
            {
                var round = seed + Interlocked.Increment(ref begun);
                var fault = Fault.Random(new Random(round));
                await FaultScene.PlayAsync(fault, round);
                var line = string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed:hh\\:mm\\:ss} of {length:hh\\:mm\\:ss}: {Interlocked.Increment(ref ended)} faults, the last one {fault} (seed {round})");
                TestContext.Current.TestOutputHelper?.WriteLine(line);
                // A run of half an hour is watched.
                if (asked is not null)
                    Console.Error.WriteLine(line);
            }
        }));
    }
}
