using Xunit.Sdk;

namespace Dibs.Tests.Crash;

/// <summary>What reads the books of a run with kills would notice if something were wrong.</summary>
public sealed class GuestbookReadingTests
{
    private const string Book = "r";

    private static readonly Guest Method = new("method", IsCommand: false, 0, [Book], []);
    private static readonly Guest Command = new("command", IsCommand: true, 0, [Book], []);
    private static readonly Guest Sharing = new("sharing", IsCommand: false, 0, [], [Book]);
    private static readonly Guest AlsoSharing = new("also-sharing", IsCommand: false, 0, [], [Book]);

    [Fact]
    public void Who_follows_the_other_or_shares_is_welcome()
    {
        Read([Completed(Method, 1), Completed(Command, 2)], "begin method 1", "end method 1", "begin command 2", "end command 2");
        Read([Completed(Sharing, 1), Completed(AlsoSharing, 2)], "begin sharing 1", "begin also-sharing 2", "end sharing 1", "end also-sharing 2");
    }

    [Fact]
    public void An_overlap_is_noticed() => AssertNoticed(
        "while 'sharing' was there", [Completed(Sharing, 1), Completed(Method, 2)], "begin sharing 1", "begin method 2", "end sharing 1", "end method 2");

    [Fact]
    public void A_job_that_runs_on_after_its_worker_was_lost_is_noticed() => AssertNoticed(
        "after its worker was lost", [Lost(Command, 1), Completed(Method, 2)], "begin command 1", "begin method 2", "end command 1", "end method 2");

    [Fact]
    public void A_job_that_begins_after_its_worker_was_lost_is_noticed() => AssertNoticed(
        "whose worker was not lost", [Completed(Method, 2), Lost(Command, 1)], "begin method 2", "begin command 1", "end method 2");

    [Fact]
    public void A_second_beginning_or_a_missing_end_is_noticed()
    {
        AssertNoticed("began twice", [Completed(Method, 1)], "begin method 1", "begin method 1");
        AssertNoticed("signed 1 and 0 times", [Completed(Method, 1)], "begin method 1");
    }

    [Fact]
    public void Fences_out_of_order_are_noticed() => AssertNoticed(
        "after a larger fence", [Completed(Method, 2), Completed(Command, 1)], "begin method 2", "end method 2", "begin command 1", "end command 1");

    [Fact]
    public void A_job_that_is_stuck_or_failed_for_another_reason_is_noticed()
    {
        AssertNoticed("is Blocked", [(Method, Completed(Method, 1).Record with { State = JobState.Blocked })]);
        AssertNoticed("threw", [(Method, Lost(Method, 1).Record with { Reason = JobReasons.Threw })]);
        AssertNoticed("on 'steady'", [(Method, Lost(Method, 1).Record with { Worker = "steady" })]);
    }

    private static void AssertNoticed(string what, (Guest, JobRecord)[] jobs, params string[] lines) =>
        Assert.Contains(what, Assert.ThrowsAny<XunitException>(() => Read(jobs, lines)).Message, StringComparison.Ordinal);

    private static string Read((Guest Guest, JobRecord Record)[] jobs, params string[] lines)
    {
        var reading = new GuestbookReading([.. jobs.Select(job => job.Guest)], [.. jobs.Select(job => job.Record)], GuestbookReading.LostWith(new HashSet<string> { "killed" }));
        reading.Read(Book, lines);
        reading.AssertAllSigned();
        return reading.ToString();
    }

    private static (Guest Guest, JobRecord Record) Completed(Guest guest, long fence) =>
        (guest, new JobRecord { Id = guest.Id, Namespace = "default", Queue = "default", State = JobState.Completed, CreatedAt = default, Worker = "steady", Fence = fence });

    private static (Guest Guest, JobRecord Record) Lost(Guest guest, long fence) =>
        (guest, Completed(guest, fence).Record with { State = JobState.Failed, Reason = JobReasons.WorkerLost, Worker = "killed" });
}
