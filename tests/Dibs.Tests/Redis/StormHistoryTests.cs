using Dibs.Stores;
using Xunit.Sdk;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Redis;

/// <summary>What checks a storm would notice if something were wrong.</summary>
public sealed class StormHistoryTests
{
    private readonly StormHistory _history = new();

    [Fact]
    public void What_was_promised_and_kept_is_fine()
    {
        Send(Job("a", exclusive: ["r"]), Job("b", exclusive: ["r"]));
        Run("a", 1);
        Run("b", 2);
        _history.AssertKept([Ended("a"), Ended("b")]);
    }

    [Fact]
    public void A_job_that_is_lost_or_never_ends_is_noticed()
    {
        Send(Job("a"), Job("b"));
        Run("a", 1);
        Run("b", 2);
        AssertNoticed("", Ended("a"));
        AssertNoticed("'b' is still Blocked", Ended("a"), Ended("b") with { State = JobState.Blocked });
    }

    [Fact]
    public void Attempts_in_each_others_way_are_noticed()
    {
        Send(Job("a", shared: [new("r")]), Job("b", exclusive: ["r"]));
        var first = Begin("a", 1);
        Run("b", 2);
        End(first);
        AssertNoticed("began while another one held 'r'", Ended("a"), Ended("b"));
    }

    [Fact]
    public void One_more_than_the_capacity_is_noticed()
    {
        Send(Many(2, id => Job(id, shared: [new("r", 1)])));
        var first = Begin("j1", 1);
        Run("j2", 2);
        End(first);
        AssertNoticed("one too many in 'r'", Ended("j1"), Ended("j2"));
    }

    [Fact]
    public void A_fence_or_an_end_given_twice_is_noticed()
    {
        Send(Job("a"), Job("b"));
        var first = Begin("a", 1);
        Assert.ThrowsAny<XunitException>(() => Begin("b", 1));
        End(first);
        Assert.ThrowsAny<XunitException>(() => End(first));
    }

    [Fact]
    public void An_end_or_a_cancel_that_did_not_last_is_noticed()
    {
        Send(Job("a"));
        Run("a", 1);
        AssertNoticed("was settled as Completed", Ended("a") with { State = JobState.Failed, Reason = JobReasons.WorkerLost });
        _history.AskToCancel(["a"]);
        _history.Change(ChangeKind.Cancel, new Changed("a", ChangeOutcome.Done, JobState.Canceling));
        AssertNoticed("'a' was canceled", Ended("a"));
    }

    private void AssertNoticed(string what, params JobRecord[] records) =>
        Assert.Contains(what, Assert.ThrowsAny<XunitException>(() => _history.AssertKept(records)).Message, StringComparison.Ordinal);

    private void Send(params NewJob[] jobs)
    {
        _history.Send(jobs);
        _history.Acknowledge(jobs.Select(job => job.Id));
    }

    private void Run(string id, long fence) => End(Begin(id, fence));

    private StormAttempt Begin(string id, long fence) =>
        _history.Begin(new Claim { Key = new AttemptKey(id, 1, fence), Content = "{}"u8.ToArray(), Queue = DefaultQueue });

    private void End(StormAttempt attempt)
    {
        attempt.Ended = TimeProvider.System.GetTimestamp();
        _history.Settle(new Settlement { Key = attempt.Claim.Key, Outcome = SettleOutcome.Completed });
    }

    private static JobRecord Ended(string id) => new() { Id = id, Namespace = "default", Queue = DefaultQueue, State = JobState.Completed, CreatedAt = default };
}
