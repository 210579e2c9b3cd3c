using Dibs.Clients;

namespace Dibs.Tests.Jobs;

/// <summary>Every limit, at the limit and one over it.</summary>
public class JobRuleTests
{
    private static readonly string Name256 = new('n', 256);

    [Fact]
    public void Names_at_their_limit_are_accepted() => Draft(new()
    {
        Id = new string('i', 128),
        Queue = Name256,
        Exclusive = [Name256],
        Shared = [$"{new string('é', 127)}é"],
        Priority = -100,
        Description = new string('d', 4096),
        Labels = Enumerable.Range(0, 64).ToDictionary(i => $"label-{i}", _ => Name256),
        After = [.. Enumerable.Range(0, 64).Select(i => $"job~{i}")],
        Delay = TimeSpan.Zero,
        Timeout = TimeSpan.FromDays(365),
    });

    [Theory]
    [InlineData("", "0 characters; the limit is 1 to 128")]
    [InlineData("a b", "contains ' ' at position 2")]
    [InlineData("a~2", "'~', which marks requeued jobs")]
    [InlineData("größe", "contains 'ö'")]
    [InlineData("a\u001b[31m", "contains '\\u001b'")]
    public void An_id_with_bad_characters_is_refused(string id, string message) => Refused("bad-id", message, new() { Id = id });

    [Fact]
    public void An_id_over_its_limit_is_refused() => Refused("bad-id", "129 characters; the limit is 1 to 128", new() { Id = new string('i', 129) });

    [Fact]
    public void Names_over_their_limit_are_refused()
    {
        Refused("bad-name", "The name of a resource, 'nnn", new() { Exclusive = [$"{Name256}n"] });
        Refused("bad-name", "has 257 bytes; the limit is 256. Shorten it", new() { Shared = [$"{Name256}n"] });
        Refused("bad-name", "has 258 bytes", new() { Exclusive = [new string('é', 129)] });
        Refused("bad-name", "The name of a queue", new() { Queue = $"{Name256}n" });
        RefusedCall("bad-name", "The name of a method", JobRequest.Method($"{Name256}n"));
        Refused("bad-label", "The value of label 'k'", new() { Labels = new Dictionary<string, string> { ["k"] = $"{Name256}n" } });
        Refused("bad-description", "4,097 bytes; the limit is 4,096", new() { Description = new string('d', 4097) });
    }

    [Fact]
    public void Empty_names_and_names_that_are_no_text_are_refused()
    {
        Refused("bad-name", "The name of a resource is empty", new() { Exclusive = [""] });
        Refused("bad-name", "The name of a queue is empty", new() { Queue = "" });
        Refused("bad-name", "control character at position 2", new() { Shared = ["a\nb"] });
        Refused("bad-name", "half a surrogate pair", new() { Exclusive = ["a\ud800"] });
        Refused("bad-id", "a job with an empty id", new() { After = [""] });
        Refused("bad-label", "label 'k' is null", new() { Labels = new Dictionary<string, string> { ["k"] = null! } });
    }

    [Fact]
    public void What_can_be_no_id_is_refused_as_a_dependency()
    {
        Draft(new() { After = [$"{new string('i', 128)}~2147483647"] });
        Refused("bad-id", "which is no id of a job", new() { After = [new string('i', 140)] });
        Refused("bad-id", "comes after 'a\\u001b[31m'", new() { After = ["a\u001b[31m"] });
    }

    [Fact]
    public void Counts_over_their_limit_are_refused()
    {
        Refused("too-many-reservations", "Job 'import' reserves 65 resources; the limit is 64. Reserve a common parent",
            new() { Id = "import", Exclusive = [.. Enumerable.Range(0, 40).Select(i => $"a{i}")], Shared = [.. Enumerable.Range(0, 25).Select(i => new SharedResource($"b{i}"))] });
        Refused("too-many-dependencies", "comes after 65 jobs; the limit is 64", new() { After = [.. Enumerable.Range(0, 65).Select(i => $"{i}")] });
        Refused("too-many-labels", "65 labels; the limit is 64", new() { Labels = Enumerable.Range(0, 65).ToDictionary(i => $"{i}", _ => "") });
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Refused("bad-priority", "priority 101; the limit is -100 to 100", new() { Priority = 101 });
        Refused("bad-priority", "priority -101", new() { Priority = -101 });
        Refused("bad-delay", "delay -00:00:01", new() { Delay = TimeSpan.FromSeconds(-1) });
        Refused("bad-delay", "36,500 days", new() { Delay = TimeSpan.MaxValue });
        Refused("bad-delay", "Use one of them", new() { Delay = TimeSpan.Zero, RunAt = DateTimeOffset.UnixEpoch });
        Refused("bad-timeout", "time-out 00:00:00; the limit is 1 ms to 365 days", new() { Timeout = TimeSpan.Zero });
        Refused("bad-timeout", "leave it out for none", new() { Timeout = TimeSpan.FromDays(366) });
        Refused("bad-capacity", "'x' has the capacity 0; it is from 1 up", new() { Shared = [new("x", 0)] });
    }

    [Fact]
    public void A_payload_over_its_limit_is_refused()
    {
        var most = 1_048_576 - """{"args":[""]}""".Length;
        Assert.Equal(1_048_576, DraftCall(JobRequest.Method("m", [new string('x', most)])).New.Content.Length);
        Assert.Equal(1_048_576, DraftCall(JobRequest.Method("m", [new string('é', most / 2) + new string('x', most % 2)])).New.Content.Length);
        RefusedCall("payload-too-large", "1,048,577 bytes of arguments; the limit is 1,048,576. Store them elsewhere", JobRequest.Method("m", [new string('x', most + 1)]));
    }

    [Fact]
    public void A_command_without_a_program_or_with_an_impossible_environment_is_refused()
    {
        RefusedCall("bad-command", "names no program", JobRequest.Command([]));
        RefusedCall("bad-command", "names no program", JobRequest.Command(["", "x"]));
        RefusedCall("bad-command", "NUL", JobRequest.Command(["echo", "a\0b"]));
        RefusedCall("bad-command", "is null", JobRequest.Command(["echo", null!]));
        RefusedCall("bad-command", "half a surrogate pair at position 2", JobRequest.Command(["echo", "a\ud83d"]));
        RefusedCall("bad-env", "null", JobRequest.Command(["env"], new Dictionary<string, string> { ["A"] = null! }));
        RefusedCall("bad-env", "half a surrogate pair", JobRequest.Command(["env"], new Dictionary<string, string> { ["A"] = "\udc00" }));
        RefusedCall("bad-env", "'A=B'", JobRequest.Command(["env"], new Dictionary<string, string> { ["A=B"] = "c" }));
        RefusedCall("bad-env", "NUL", JobRequest.Command(["env"], new Dictionary<string, string> { ["A"] = "\0" }));
    }

    private static JobDraft Draft(JobOptions options) => DraftCall(JobRequest.Method("m", options: options));

    private static JobDraft DraftCall(JobRequest request) => JobDraft.Of(request, catalog: null);

    private static void Refused(string code, string message, JobOptions options) => RefusedCall(code, message, JobRequest.Method("m", options: options));

    private static void RefusedCall(string code, string message, JobRequest request)
    {
        var error = Assert.Throws<JobRefusedException>(() => DraftCall(request));
        Assert.True(error.Code == code, $"{error.Code}: {error.Message}");
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
