namespace Dibs.Tests.Clients;

/// <summary>One test per cell of {static, service} × {void, Task, ValueTask, R, Task&lt;R&gt;, ValueTask&lt;R&gt;}: it compiles without help, and stores the call.</summary>
public class EnqueueOverloadTests
{
    private static CancellationToken Ct => ClientFixture.Ct;

    [Fact]
    public async Task A_static_method_that_returns_nothing()
    {
        await using var client = new ClientFixture();
        await Expect(client, await client.Jobs.EnqueueAsync(() => StaticCalls.Nothing(7), cancellationToken: Ct), "StaticCalls.Nothing");
    }

    [Fact]
    public async Task A_static_method_that_returns_a_task()
    {
        await using var client = new ClientFixture();
        await Expect(client, await client.Jobs.EnqueueAsync(() => StaticCalls.Later(7), cancellationToken: Ct), "StaticCalls.Later");
    }

    [Fact]
    public async Task A_static_method_that_returns_a_value_task()
    {
        await using var client = new ClientFixture();
        await Expect(client, await client.Jobs.EnqueueAsync(() => StaticCalls.LaterByValue(7), cancellationToken: Ct), "StaticCalls.LaterByValue");
    }

    [Fact]
    public async Task A_static_method_that_returns_a_value()
    {
        await using var client = new ClientFixture();
        await ExpectText(client, await client.Jobs.EnqueueAsync(() => StaticCalls.Text(7), cancellationToken: Ct), "StaticCalls.Text");
    }

    [Fact]
    public async Task A_static_method_that_returns_a_value_by_a_task()
    {
        await using var client = new ClientFixture();
        await ExpectText(client, await client.Jobs.EnqueueAsync(() => StaticCalls.TextLater(7), cancellationToken: Ct), "StaticCalls.TextLater");
    }

    [Fact]
    public async Task A_static_method_that_returns_a_value_by_a_value_task()
    {
        await using var client = new ClientFixture();
        await ExpectText(client, await client.Jobs.EnqueueAsync(() => StaticCalls.TextLaterByValue(7), cancellationToken: Ct), "StaticCalls.TextLaterByValue");
    }

    [Fact]
    public async Task A_method_of_a_service_that_returns_nothing()
    {
        await using var client = new ClientFixture();
        await Expect(client, await client.Jobs.EnqueueAsync((ServiceCalls s) => s.Nothing(7), cancellationToken: Ct), "ServiceCalls.Nothing");
        await Expect(client, await client.Jobs.EnqueueAsync<ServiceCalls>(s => s.Nothing(7), cancellationToken: Ct), "ServiceCalls.Nothing");
    }

    [Fact]
    public async Task A_method_of_a_service_that_returns_a_task()
    {
        await using var client = new ClientFixture();
        await Expect(client, await client.Jobs.EnqueueAsync((ServiceCalls s) => s.Later(7), cancellationToken: Ct), "ServiceCalls.Later");
        await Expect(client, await client.Jobs.EnqueueAsync<ServiceCalls>(s => s.Later(7), cancellationToken: Ct), "ServiceCalls.Later");
    }

    [Fact]
    public async Task A_method_of_a_service_that_returns_a_value_task()
    {
        await using var client = new ClientFixture();
        await Expect(client, await client.Jobs.EnqueueAsync((ServiceCalls s) => s.LaterByValue(7), cancellationToken: Ct), "ServiceCalls.LaterByValue");
        await Expect(client, await client.Jobs.EnqueueAsync<ServiceCalls>(s => s.LaterByValue(7), cancellationToken: Ct), "ServiceCalls.LaterByValue");
    }

    [Fact]
    public async Task A_method_of_a_service_that_returns_a_value()
    {
        await using var client = new ClientFixture();
        await ExpectText(client, await client.Jobs.EnqueueAsync((ServiceCalls s) => s.Text(7), cancellationToken: Ct), "ServiceCalls.Text");
        await Expect(client, await client.Jobs.EnqueueAsync<ServiceCalls>(s => s.Text(7), cancellationToken: Ct), "ServiceCalls.Text");
    }

    [Fact]
    public async Task A_method_of_a_service_that_returns_a_value_by_a_task()
    {
        await using var client = new ClientFixture();
        await ExpectText(client, await client.Jobs.EnqueueAsync((ServiceCalls s) => s.TextLater(7), cancellationToken: Ct), "ServiceCalls.TextLater");
        await Expect(client, await client.Jobs.EnqueueAsync<ServiceCalls>(s => s.TextLater(7), cancellationToken: Ct), "ServiceCalls.TextLater");
    }

    [Fact]
    public async Task A_method_of_a_service_that_returns_a_value_by_a_value_task()
    {
        await using var client = new ClientFixture();
        await ExpectText(client, await client.Jobs.EnqueueAsync((ServiceCalls s) => s.TextLaterByValue(7), cancellationToken: Ct), "ServiceCalls.TextLaterByValue");
    }

    [Fact]
    public async Task Methods_that_say_async_need_no_other_form()
    {
        await using var client = new ClientFixture();
        Job[] jobs =
        [
            await client.Jobs.EnqueueAsync(() => AsyncCalls.StaticLater(7), cancellationToken: Ct),
            await client.Jobs.EnqueueAsync(() => AsyncCalls.StaticLaterByValue(7), cancellationToken: Ct),
            await client.Jobs.EnqueueAsync((AsyncCalls s) => s.Later(7), cancellationToken: Ct),
            await client.Jobs.EnqueueAsync((AsyncCalls s) => s.LaterByValue(7), cancellationToken: Ct),
            await client.Jobs.EnqueueAsync<AsyncCalls>(s => s.Number(7), cancellationToken: Ct),
        ];
        Job<int>[] numbers =
        [
            await client.Jobs.EnqueueAsync(() => AsyncCalls.StaticNumber(7), cancellationToken: Ct),
            await client.Jobs.EnqueueAsync(() => AsyncCalls.StaticNumberByValue(7), cancellationToken: Ct),
            await client.Jobs.EnqueueAsync((AsyncCalls s) => s.Number(7), cancellationToken: Ct),
            await client.Jobs.EnqueueAsync((AsyncCalls s) => s.NumberByValue(7), cancellationToken: Ct),
            await client.Jobs.EnqueueAsync<AsyncCalls, int>(s => s.NumberByValue(7), cancellationToken: Ct),
        ];
        Assert.All(jobs.Concat(numbers), job => Assert.Equal("7", Assert.Single(job.Record.Args!).GetRawText()));
    }

    [Fact]
    public async Task The_examples_of_the_documentation_compile_as_they_stand()
    {
        await using var client = new ClientFixture();
        var jobs = client.Jobs;
        var (id, url) = (42, "https://example.org/");

        Job<Report> job = await jobs.EnqueueAsync((Reports r) => r.BuildAsync(42, default), new()
        {
            Exclusive = ["report:42"],
            Shared = ["warehouse", new("api:github", Capacity: 5)],
        }, Ct);
        Job plain = await jobs.EnqueueAsync(() => Reports.Build(42), new() { Queue = "slow" }, Ct);
        Job explicitly = await jobs.EnqueueAsync<Reports>(r => r.BuildAsync(42, default), new() { Priority = 1 }, Ct);
        Job sync = await jobs.EnqueueWithReservationAsync(Repositories.Sync, [$"repository:{id}"],
            args: [id, url], kwargs: new() { ["mirror"] = true }, cancellationToken: Ct);

        Assert.Equal([new("api:github", ReservationMode.Shared, 5, true), new("report:42", ReservationMode.Exclusive, null, true), new("warehouse", ReservationMode.Shared, null, true)],
            (await client.StoredAsync(job)).Reservations!);
        Assert.Equal("slow", plain.Record.Queue);
        Assert.Equal(1, explicitly.Record.Priority);
        Assert.Equal("""[42,"https://example.org/"] mirror=true""", Arguments(await client.StoredAsync(sync)));
    }

    private static async Task Expect(ClientFixture client, Job job, string method)
    {
        var record = await client.StoredAsync(job);
        Assert.Equal($"Dibs.Tests.Clients.{method}", record.Method);
        Assert.Equal("[7]", Arguments(record));
        Assert.Equal(JobState.Ready, record.State);
    }

    private static Task ExpectText(ClientFixture client, Job<string> job, string method) => Expect(client, job, method);

    private static string Arguments(JobRecord record) =>
        $"[{string.Join(",", record.Args!.Select(arg => arg.GetRawText()))}]{string.Concat((record.Named ?? new Dictionary<string, System.Text.Json.JsonElement>()).Select(pair => $" {pair.Key}={pair.Value.GetRawText()}"))}";
}
