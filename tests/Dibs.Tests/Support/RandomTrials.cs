using System.Globalization;

namespace Dibs.Tests.Support;

/// <summary>Where a run of operations went wrong.</summary>
/// <param name="Step">Index of the operation after which it showed.</param>
/// <param name="What">What was wrong.</param>
/// <param name="Trace">The operations up to there as text, one per line.</param>
public sealed record TrialFailure(int Step, string What, string Trace);

/// <summary>
/// Runs random lists of operations. A list that fails is shrunk by leaving operations out, as long as it still fails, and
/// shown. Operations are plain numbers that find their meaning when they are applied, so any part of a list is a list.
/// </summary>
public static class RandomTrials
{
    /// <summary>Name of the environment variable with the seed of the first trial; without it, seeds are new in every run.</summary>
    public const string SeedVariable = "DIBS_SEED";

    /// <summary>Replays spent on shrinking a failure, so that a slow store still fails in reasonable time.</summary>
    private const int MostReplays = 600;

    /// <summary>The seed to begin with, which the output of the test names.</summary>
    public static int FirstSeed()
    {
        var seed = Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"{SeedVariable}={seed}");
        return seed;
    }

    /// <summary>Runs trials until so many operations were applied.</summary>
    public static async Task RunAsync<TOperation>(
        int steps, int stepsPerTrial, Func<Random, TOperation> next, Func<IReadOnlyList<TOperation>, Task<TrialFailure?>> run)
    {
        var first = FirstSeed();
        for (var trial = 0; trial * stepsPerTrial < steps; trial++)
        {
            var seed = unchecked(first + trial);
            var operations = Generate(seed, stepsPerTrial, next);
            if (await run(operations) is { } failure)
                await FailAsync(seed, operations, failure, run);
        }
    }

    private static List<TOperation> Generate<TOperation>(int seed, int count, Func<Random, TOperation> next)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => next(random))];
    }

    private static async Task FailAsync<TOperation>(
        int seed, List<TOperation> operations, TrialFailure failure, Func<IReadOnlyList<TOperation>, Task<TrialFailure?>> run)
    {
        var shrunk = await ShrinkAsync(operations, failure, run);
        Assert.Fail(
            $"""
            {shrunk.What}

            after the last of these {shrunk.Step + 1} operations (shrunk from {failure.Step + 1}; repeat with {SeedVariable}={seed}):
            {shrunk.Trace}
            """);
    }

    /// <summary>Leaves out ever smaller parts of the list, as delta debugging does, and keeps what still fails.</summary>
    private static async Task<TrialFailure> ShrinkAsync<TOperation>(
        List<TOperation> operations, TrialFailure failure, Func<IReadOnlyList<TOperation>, Task<TrialFailure?>> run)
    {
        var failing = operations.GetRange(0, failure.Step + 1);
        var replays = 0;
        for (var part = failing.Count / 2; part > 0 && replays < MostReplays;)
        {
            var smaller = false;
            for (var from = 0; from + part <= failing.Count && replays < MostReplays;)
            {
                var candidate = failing.ToList();
                candidate.RemoveRange(from, part);
                replays++;
                if (await run(candidate) is { } still)
                {
                    (failing, failure, smaller) = (candidate.GetRange(0, still.Step + 1), still, true);
                }
                else
                {
                    from += part;
                }
            }

            if (!smaller || part > 1)
                part /= 2;
        }

        return failure;
    }
}
