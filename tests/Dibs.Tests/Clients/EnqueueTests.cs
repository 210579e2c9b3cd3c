using System.Diagnostics;
using System.Text.Json;
using Dibs.Clients;
using Dibs.Jobs;

namespace Dibs.Tests.Clients;

public class EnqueueTests
{
    private static CancellationToken Ct => ClientFixture.Ct;

    [Fact]
    public async Task A_random_id_is_16_letters_and_digits_that_cannot_be_misread()
    {
        await using var client = new ClientFixture();
        var ids = (await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 200).Select(i => JobRequest.Call(() => Reports.Build(i))), Ct)).Select(job => job.Id).ToArray();
        Assert.Equal(200, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[0-9a-hjkmnp-tv-z]{16}$", id));
    }

    [Fact]
    public async Task The_same_content_under_the_same_id_is_the_same_job()
    {
        await using var client = new ClientFixture();
        var options = new JobOptions { Id = "nightly:2026-01-01", Shared = ["a", "b"], Labels = new Dictionary<string, string> { ["x"] = "1", ["y"] = "2" } };
        await client.Jobs.EnqueueAsync(() => Reports.Build(42), options, Ct);
        await client.ClaimAsync();
        var again = await client.Jobs.EnqueueAsync(
            () => Reports.Build(42), options with { Shared = ["b", "a"], Labels = new Dictionary<string, string> { ["y"] = "2", ["x"] = "1" } }, Ct);
        Assert.Equal(JobState.Running, again.State);
        Assert.Single((await client.Jobs.ListAsync(new(), Ct)).Items);
    }

    [Fact]
    public async Task Other_content_under_the_same_id_is_a_conflict()
    {
        await using var client = new ClientFixture();
        await client.Jobs.EnqueueAsync(() => Reports.Build(42), new() { Id = "one" }, Ct);
        var error = await Assert.ThrowsAsync<JobConflictException>(() => client.Jobs.EnqueueAsync(() => Reports.Build(43), new() { Id = "one" }, Ct));
        Assert.Equal("id-conflict", error.Code);
        Assert.Contains("'one'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_after_one_that_does_not_exist_is_a_conflict()
    {
        await using var client = new ClientFixture();
        var error = await Assert.ThrowsAsync<JobConflictException>(() => client.Jobs.EnqueueAsync(() => Reports.Build(1), new() { Id = "late", After = ["nobody"] }, Ct));
        Assert.Equal("unknown-dependency", error.Code);
        Assert.Contains("'late' comes after 'nobody'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_named_both_ways_is_exclusive()
    {
        await using var client = new ClientFixture();
        var job = await client.Jobs.EnqueueAsync(() => Reports.Build(1), new() { Exclusive = ["r"], Shared = [new("r", 3), "s"] }, Ct);
        Assert.Equal([new("r", ReservationMode.Exclusive, null, true), new("s", ReservationMode.Shared, null, true)], (await client.StoredAsync(job)).Reservations!);
    }

    [Fact]
    public async Task A_reservation_call_adds_its_resources_to_those_of_the_options()
    {
        await using var client = new ClientFixture();
        var job = await client.Jobs.EnqueueWithReservationAsync(
            "Dibs.Tests.Clients.Repositories.Sync", ["repository:1"], [1], new() { ["url"] = "u" }, new() { Shared = ["remote:2"] }, Ct);
        Assert.Equal(["remote:2", "repository:1"], (await client.StoredAsync(job)).Reservations!.Select(one => one.Resource));
    }

    [Fact]
    public async Task A_command_keeps_its_arguments_and_shows_only_the_names_of_its_environment()
    {
        await using var client = new ClientFixture();
        var job = await client.Jobs.EnqueueCommandAsync(["rsync", "-a", ""], new Dictionary<string, string> { ["TOKEN"] = "secret", ["A"] = "b" }, cancellationToken: Ct);
        var record = await client.StoredAsync(job);
        Assert.Null(record.Method);
        Assert.Equal(["rsync", "-a", ""], record.Command!);
        Assert.Equal(["A", "TOKEN"], record.Env!);
        Assert.DoesNotContain("secret", JsonSerializer.Serialize(record), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_job_enqueues_names_it_as_its_parent_and_carries_the_trace()
    {
        await using var client = new ClientFixture();
        using var activity = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        AmbientJob.Id = "parent-job";
        var record = await client.StoredAsync(await client.Jobs.EnqueueAsync(() => Reports.Build(1), cancellationToken: Ct));
        Assert.Equal("parent-job", record.Parent);
        Assert.Equal(activity.Id, record.Traceparent);
    }

    [Fact]
    public async Task The_trace_and_the_parent_are_no_part_of_the_content()
    {
        await using var client = new ClientFixture();
        await client.Jobs.EnqueueAsync(() => Reports.Build(1), new() { Id = "same" }, Ct);
        using var activity = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        AmbientJob.Id = "parent-job";
        await client.Jobs.EnqueueAsync(() => Reports.Build(1), new() { Id = "same" }, Ct);
    }

    [Fact]
    public async Task A_delayed_job_is_scheduled_from_the_time_of_the_store()
    {
        await using var client = new ClientFixture();
        var job = await client.Jobs.EnqueueAsync(() => Reports.Build(1), new() { Delay = TimeSpan.FromMinutes(5) }, Ct);
        Assert.Equal(JobState.Scheduled, job.State);
        Assert.Equal(client.Time.GetUtcNow().AddMinutes(5), (await client.StoredAsync(job)).RunAt);
    }

    [Fact]
    public async Task The_handle_knows_what_was_sent_without_asking_the_store_again()
    {
        await using var client = new ClientFixture();
        var job = await client.Jobs.EnqueueAsync(() => Reports.Build(42), new() { Exclusive = ["r"], Description = "why not", Labels = new Dictionary<string, string> { ["k"] = "v" } }, Ct);
        var stored = await client.StoredAsync(job);
        Assert.Equal(stored with { Ticket = null, AdmittedAt = null, ReadyAt = null, Args = null, Reservations = null, Labels = null },
            job.Record with { Args = null, Reservations = null, Labels = null });
        Assert.Equal(stored.Reservations!, job.Record.Reservations!);
    }

    [Fact]
    public async Task A_program_without_methods_enqueues_any_name_that_is_well_formed()
    {
        await using var client = new ClientFixture(dibs => dibs.WithoutMethods());
        var job = await client.Jobs.EnqueueWithReservationAsync("Elsewhere.Job", [], [1, "two"], new() { ["three"] = 3.0 }, cancellationToken: Ct);
        Assert.Equal("Elsewhere.Job", job.Record.Method);
        var error = await Assert.ThrowsAsync<JobRefusedException>(() => client.Jobs.EnqueueAsync(() => Reports.Build(1), cancellationToken: Ct));
        Assert.Equal("no-methods", error.Code);
    }

    [Fact]
    public async Task An_unknown_name_is_refused_with_the_nearest()
    {
        await using var client = new ClientFixture();
        var error = await Assert.ThrowsAsync<JobRefusedException>(() => client.Jobs.EnqueueWithReservationAsync("Repositories.Snyc", [], cancellationToken: Ct));
        Assert.Equal("unknown-method", error.Code);
        Assert.Contains("Did you mean 'Dibs.Tests.Clients.Repositories.Sync'?", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<JobRefusedException>(() => client.Jobs.EnqueueWithReservationAsync("Repositories.Sync", [], cancellationToken: Ct));
        Assert.Contains("Did you mean 'Dibs.Tests.Clients.Repositories.Sync'?", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing-argument", "'url'")]
    [InlineData("too-many-arguments", "takes 3 arguments ('repository', 'url', 'mirror'), but 4 were given", 1, "u", true, 4)]
    [InlineData("argument-not-convertible", "Argument 'repository' of 'Dibs.Tests.Clients.Repositories.Sync' is a System.Int32, which cannot be read from the JSON \"one\"", "one", "u")]
    public async Task Arguments_are_checked_before_the_job_is_stored(string code, string message, params object[] args)
    {
        await using var client = new ClientFixture();
        var error = await Assert.ThrowsAsync<JobRefusedException>(
            () => client.Jobs.EnqueueWithReservationAsync(Repositories.Sync, [], args.Length == 0 ? [1] : args, cancellationToken: Ct));
        Assert.Equal(code, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Empty((await client.Jobs.ListAsync(new(), Ct)).Items);
    }

    [Fact]
    public async Task An_argument_by_an_unknown_name_or_given_twice_is_refused()
    {
        await using var client = new ClientFixture();
        async Task<string> Code(Dictionary<string, object?> kwargs) =>
            (await Assert.ThrowsAsync<JobRefusedException>(() => client.Jobs.EnqueueWithReservationAsync(Repositories.Sync, [], [1, "u"], kwargs, cancellationToken: Ct))).Code;
        Assert.Equal("unknown-argument", await Code(new() { ["miror"] = true }));
        Assert.Equal("unknown-argument", await Code(new() { ["cancellationToken"] = null }));
        Assert.Equal("argument-twice", await Code(new() { ["url"] = "v" }));
        Assert.Equal("argument-token", await Code(new() { ["mirror"] = CancellationToken.None }));
    }

    [Fact]
    public async Task What_is_null_against_its_type_is_named()
    {
        await using var client = new ClientFixture();
        async Task<string?> Name(Func<Task> enqueue) => (await Assert.ThrowsAsync<ArgumentNullException>(enqueue)).ParamName;
        Assert.Equal("request", await Name(() => client.Jobs.EnqueueManyAsync([null!], Ct)));
        Assert.Equal("call", await Name(() => client.Jobs.EnqueueAsync((System.Linq.Expressions.Expression<Action>)null!, cancellationToken: Ct)));
        Assert.Equal("resources", await Name(() => client.Jobs.EnqueueWithReservationAsync(Reports.Build, null!, [1], cancellationToken: Ct)));
        Assert.Equal("options.Exclusive", await Name(() => client.Jobs.EnqueueAsync(() => Reports.Build(1), new() { Exclusive = null! }, Ct)));
        Assert.Equal("options.After", await Name(() => client.Jobs.EnqueueAsync(() => Reports.Build(1), new() { After = null! }, Ct)));
    }

    [Fact]
    public void The_digest_tells_every_part_of_the_content_apart()
    {
        var call = new JobCall { Method = "m", Args = [JsonElement.Parse("1")] };
        var options = new JobOptions();
        string Digest(JobCall? c = null, JobOptions? o = null, IReadOnlyList<Reservation>? r = null, IReadOnlyList<string>? after = null) =>
            Convert.ToHexString(JobDigest.Of(c ?? call, o ?? options, r ?? [], after ?? []));
        string[] digests =
        [
            Digest(),
            Digest(call with { Method = "n" }),
            Digest(call with { Args = [JsonElement.Parse("2")] }),
            Digest(call with { Args = [JsonElement.Parse("\"1\"")] }),
            Digest(call with { Args = [], Named = new Dictionary<string, JsonElement> { ["a"] = JsonElement.Parse("1") } }),
            Digest(new JobCall { Command = ["m", "1"] }),
            Digest(new JobCall { Command = ["m", "1"], Env = new Dictionary<string, string> { ["A"] = "1" } }),
            Digest(o: options with { Queue = "q" }),
            Digest(o: options with { Priority = 1 }),
            Digest(o: options with { Delay = TimeSpan.FromSeconds(1) }),
            Digest(o: options with { RunAt = DateTimeOffset.UnixEpoch }),
            Digest(o: options with { Timeout = TimeSpan.FromSeconds(1) }),
            Digest(o: options with { OnWorkerLost = OnWorkerLost.Retry }),
            Digest(o: options with { Labels = new Dictionary<string, string> { ["k"] = "v" } }),
            Digest(o: options with { Description = "d" }),
            Digest(r: [new("r", ReservationMode.Exclusive)]),
            Digest(r: [new("r", ReservationMode.Shared)]),
            Digest(r: [new("r", ReservationMode.Shared, 1)]),
            Digest(after: ["x"]),
        ];
        Assert.Equal(digests.Length, digests.Distinct().Count());
        Assert.Equal(Digest(), Digest(o: options with { Id = "other" }));
        Assert.Equal(Digest(after: ["x", "y"]), Digest(after: ["y", "x"]));
    }
}
