using Dibs.Execution;
using Dibs.Stores;

namespace Dibs.Tests.Execution;

public class OutcomesTests
{
    private static readonly AttemptKey Key = new("job-1", 1, 1);

    [Fact]
    public void An_exception_whose_message_throws_still_ends_the_attempt()
    {
        var settlement = Outcomes.Threw(Key, new UnreadableException());
        Assert.Equal((SettleOutcome.Failed, JobReasons.Threw), (settlement.Outcome, settlement.Reason));
        Assert.Contains("InvalidTimeZoneException", settlement.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_whose_message_is_null_still_ends_the_attempt() =>
        Assert.Equal("The job threw Dibs.Tests.Execution.OutcomesTests+SilentException, whose message is null.", Outcomes.Threw(Key, new SilentException()).Error!.Message);

    [Fact]
    public void A_type_is_named_without_assemblies() =>
        Assert.Equal("Dibs.Tests.Execution.OutcomesTests+TypedException`1[System.Int32]", Outcomes.Threw(Key, new TypedException<int>()).Error!.Type);

    [Fact]
    public void A_message_without_end_is_cut() =>
        Assert.Equal(4096, Outcomes.Threw(Key, new InvalidOperationException(new string('x', 1_000_000))).Error!.Message.Length);

    private sealed class SilentException : Exception
    {
        public override string Message => null!;
    }

    private sealed class TypedException<T> : Exception;

    private sealed class UnreadableException : Exception
    {
        public override string Message => throw new InvalidTimeZoneException("no message");
    }
}
