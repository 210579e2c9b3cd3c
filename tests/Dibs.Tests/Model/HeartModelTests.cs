using Dibs.Tests.Support;

namespace Dibs.Tests.Model;

/// <summary>The heart against a brute-force oracle: random jobs over few resources, compared and checked after every step.</summary>
public class HeartModelTests
{
    private const int Steps = 200_000;

    /// <summary>Long enough for lines, chains and leftovers to build up, short enough for the oracle to look at everything every time.</summary>
    private const int StepsPerTrial = 100;

    [Fact]
    public Task The_heart_decides_as_the_oracle_does_after_every_step() =>
        RandomTrials.RunAsync(Steps, StepsPerTrial, HeartOperation.Next, operations => Task.FromResult(HeartTrial.Run(operations)));
}
