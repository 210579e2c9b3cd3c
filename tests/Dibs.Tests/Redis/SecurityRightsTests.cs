using System.Text.RegularExpressions;
using Dibs.Redis;
using Dibs.Stores;
using Dibs.Tests.Redis.Servers;
using Dibs.Tests.Support;

namespace Dibs.Tests.Redis;

/// <summary>The users of docs/operations.md, as they stand there: each can do its work, and no more.</summary>
public sealed partial class SecurityRightsTests : IAsyncLifetime
{
    private const string Viewer = "dibs-viewer";
    private const string Producer = "dibs-producer";
    private const string Worker = "dibs-worker";
    private const string Keeper = "dibs-keeper";
    private const string Namespace = "default";

    /// <summary>What the client library and the look at the server need beside the scripts.</summary>
    private static readonly string[] OfConnections =
    [
        "hello", "auth", "ping", "echo", "select", "client", "info", "cluster", "acl", "subscribe", "unsubscribe", "ssubscribe", "sunsubscribe", "eval", "evalsha",
    ];

    /// <summary>What scripts write in capitals besides.</summary>
    private static readonly string[] NoCommands = ["COUNT", "INFO", "LIMIT", "MATCH", "NOPERM", "NUMSUB", "SHARDNUMSUB", "WITHSCORES", "WRONGTYPE"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private RedisServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync(new() { Users = ["default off", .. Rules()] });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_producer_enqueues_waits_cancels_and_requeues_what_a_worker_runs()
    {
        await using var scene = new WorkScene(AddressOf(Producer), Namespace);
        await using var workers = new WorkScene(AddressOf(Worker), Namespace);
        await workers.WorkAsync();
        await scene.Store.OpenAsync(Token);

        await scene.Store.EnqueueAsync(
            [
                SampleJobs.Job("first", exclusive: ["r"], shared: [new("s", Capacity: 2)], queue: "nobody", labels: new Dictionary<string, string> { ["a"] = "b" }),
                SampleJobs.Job("second", exclusive: ["r"], after: ["first"], queue: "nobody", priority: 3),
                SampleJobs.Job("third", shared: [new("s", Capacity: 2)], queue: "nobody", delay: TimeSpan.FromHours(1)),
            ],
            Token);
        await scene.EnqueueAsync("done", TimeSpan.Zero);
        Assert.Equal(JobState.Completed, (await scene.Jobs.WaitAsync("done", Token)).State);
        Assert.Equal("done~2", (await scene.Jobs.RequeueAsync("done", Token)).Id);
        await scene.EnqueueAsync("long", TimeSpan.FromMinutes(5));
        await workers.UntilBegunAsync("long", Patience);
        Assert.Equal(JobState.Canceling, await scene.Jobs.CancelAsync("long", Token));
        Assert.Equal(JobState.Canceled, (await scene.Jobs.WaitAsync("long", Token)).State);
        foreach (var id in new[] { "first", "third" })
            Assert.Equal(JobState.Canceled, await scene.Jobs.CancelAsync(id, Token));
        await ReadEverythingAsync(scene);
        Assert.Equal((JobState.Canceled, JobReasons.Dependency), await StateAsync(scene, "second"));
        await AssertCleanAsync();
    }

    [Fact]
    public async Task A_worker_does_all_that_workers_do()
    {
        await using var scene = new WorkScene(AddressOf(Worker), Namespace);
        await using var plain = RedisStores.Create(AddressOf(Worker), Namespace);
        await plain.OpenAsync(Token);
        var worker = await TestWorker.RegisterAsync(plain, TestWorker.RegistrationOf("w"));
        await plain.EnqueueAsync(SampleJobs.Many(6, id => SampleJobs.Job(id, exclusive: ["r"], shared: ["s"])), Token);
        var reported = await worker.ClaimAsync();
        await worker.BeatAsync(reported);
        await plain.ReportAsync(
            [
                new JobReport
                {
                    Key = reported.Key,
                    Progress = [new ProgressRecord { Code = "c", Message = "m", State = "running" }],
                    Created = ["made"],
                    FirstLine = 0,
                    Lines = [new LogLine(DateTimeOffset.UnixEpoch, "line")],
                },
            ],
            Token);
        await worker.SettleAsync(SettleOutcome.Returned, reported);
        var failed = await worker.ClaimAsync();
        await worker.ExchangeAsync(0, TestWorker.Ended(failed, SettleOutcome.Failed) with { Error = new JobError { Type = "T", Message = "m" } });
        await worker.ClaimAsync();
        var rescue = await plain.RescueAsync(new ObservedBeat(worker.Incarnation, 1, worker.Registration.Lease), Token);
        Assert.Single(rescue.Ended);
        var next = await TestWorker.RegisterAsync(plain, TestWorker.RegistrationOf("next"));
        await next.RunAllAsync();
        await next.LeaveAsync();
        await plain.TendAsync(Retention.Default, Token);
        await ReadEverythingAsync(scene);
        await AssertCleanAsync();
    }

    [Fact]
    public async Task A_viewer_reads_and_changes_nothing()
    {
        await using (var workers = new WorkScene(AddressOf(Worker), Namespace))
        {
            await workers.WorkAsync();
            await workers.EnqueueAsync("job", TimeSpan.Zero);
            await workers.UntilFinalAsync("job", Patience);
            await workers.EnqueueAsync("waiting", TimeSpan.FromMinutes(5));
            await workers.UntilBegunAsync("waiting", Patience);
        }

        await using var scene = new WorkScene(AddressOf(Viewer), Namespace);
        await ReadEverythingAsync(scene);
        Assert.Equal(JobState.Completed, (await scene.Jobs.WaitAsync("job", Token)).State);
        await AssertCleanAsync();
        await AssertLacksRightAsync(() => scene.Store.EnqueueAsync([SampleJobs.Job("new")], Token).AsTask());
        await AssertLacksRightAsync(() => scene.Jobs.CancelAsync("job", Token));
        await AssertLacksRightAsync(() => TestWorker.RegisterAsync(scene.Store, TestWorker.RegistrationOf("w")));
        Assert.Single((await scene.Jobs.ListAsync(new JobQuery { States = [JobState.Completed] }, Token)).Items);
        await AssertCleanAsync();
    }

    [Fact]
    public async Task A_producer_is_no_worker()
    {
        await using var scene = new WorkScene(AddressOf(Producer), Namespace);
        await scene.EnqueueAsync("job", TimeSpan.Zero);
        await AssertLacksRightAsync(() => TestWorker.RegisterAsync(scene.Store, TestWorker.RegistrationOf("w")));
        Assert.Empty((await scene.Store.SurveyAsync(SurveyParts.Workers, Token)).Workers);
        await AssertCleanAsync();
    }

    [Theory]
    [InlineData(Viewer)]
    [InlineData(Producer)]
    [InlineData(Worker)]
    public async Task Nobody_can_do_what_an_operator_does_or_touch_what_is_not_of_the_namespace(string user)
    {
        string[][] refused =
        [
            ["FLUSHALL"], ["FLUSHDB"], ["SHUTDOWN"], ["CONFIG", "GET", "requirepass"], ["CONFIG", "SET", "maxmemory", "1"], ["ACL", "LIST"],
            ["ACL", "SETUSER", user, "+@all"], ["KEYS", "*"], ["SCAN", "0"], ["MONITOR"], ["DEBUG", "SLEEP", "0"], ["REPLICAOF", "no", "one"], ["CLIENT", "KILL", "TYPE", "normal"],
            ["SCRIPT", "FLUSH"], ["FUNCTION", "LIST"], ["MODULE", "LIST"], ["GET", "other"], ["SET", "other", "1"], ["GET", "{dibs:another}:meta"], ["DEL", "{dibs:another}:meta"],
            ["EVAL", "return redis.call('GET', KEYS[1])", "1", "{dibs:another}:meta"], ["EVAL", "return redis.call('GET', 'other')", "0"], ["SUBSCRIBE", "{dibs:another}:hint:due"], ["PUBLISH", "other", ""],
        ];
        foreach (var words in refused)
        {
            var refusal = await Assert.ThrowsAsync<RedisRefusedException>(() => _server.AskAsAsync(user, PasswordOf(user), words));
            Assert.True(IsOfRights(refusal.Message), $"{string.Join(' ', words)}: {refusal.Message}");
        }
    }

    [Fact]
    public void The_rules_name_the_commands_of_the_scripts_and_no_others()
    {
        var assembly = typeof(RedisJobStore).Assembly;
        var scripts = assembly.GetManifestResourceNames().Where(name => name.EndsWith(".lua", StringComparison.Ordinal)).Select(Read);
        var called = scripts.SelectMany(text => CapitalWord().Matches(text)).Select(match => match.Groups[1].Value).Except(NoCommands)
            .Select(command => command.ToLowerInvariant()).ToHashSet();
        foreach (var (user, commands) in Rules().Select(rule => (rule.Split(' ')[0], Allowed().Matches(rule).Select(match => match.Groups[1].Value).ToHashSet())))
        {
            Assert.Empty(commands.Except(called).Except(OfConnections));
            Assert.Empty(OfConnections.Except(commands));
            if (user == Keeper)
                Assert.Empty(called.Except(commands));
        }

        string Read(string name)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return reader.ReadToEnd();
        }
    }

    /// <summary>As the keeper, who alone may look at every key.</summary>
    private async Task AssertCleanAsync()
    {
        await using var scene = new WorkScene(AddressOf(Keeper), Namespace);
        await scene.Store.OpenAsync(Token);
        await scene.AssertCleanAsync();
        await scene.Store.VerifyAsync(null, repair: true, Token);
    }

    private static async Task AssertLacksRightAsync(Func<Task> step)
    {
        var error = await Assert.ThrowsAsync<DibsConfigurationException>(step);
        TestContext.Current.TestOutputHelper?.WriteLine(error.Message);
        Assert.Equal("store-rights", error.Code);
        Assert.Contains("ACL SETUSER", error.Message, StringComparison.Ordinal);
    }

    private static bool IsOfRights(string message) =>
        message.Contains("NOPERM", StringComparison.Ordinal) || message.Contains("The user executing the script can't", StringComparison.Ordinal);

    private static async Task ReadEverythingAsync(WorkScene scene)
    {
        await scene.Store.OpenAsync(Token);
        Assert.NotEmpty(await StoreSnapshot.ReadAsync(scene.Store, Token));
        using var listener = scene.Store.Listen(new WakeFilter { JobId = "job" });
        await listener.WaitAsync(TimeSpan.FromMilliseconds(1), Token);
    }

    private static async Task<(JobState, string?)> StateAsync(WorkScene scene, string id) =>
        await scene.FindAsync(id) is { } job ? (job.State, job.Reason) : throw new InvalidOperationException($"There is no job '{id}'.");

    private string AddressOf(string user) => _server.AddressOf(user, PasswordOf(user));

    private static string PasswordOf(string user) => $"password-of-{user}";

    /// <summary>The rules of the page, with passwords.</summary>
    private static string[] Rules()
    {
        var page = File.ReadAllText(Path.Combine(Checkout.Root, "docs/operations.md"));
        var lines = RulesBlock().Match(page).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(line => Password().Replace(line["user ".Length..], $">{PasswordOf(line.Split(' ')[1])}"))];
    }

    [GeneratedRegex("```acl\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex RulesBlock();

    [GeneratedRegex("'([A-Z]{3,})'")]
    private static partial Regex CapitalWord();

    [GeneratedRegex(@" \+([a-z]+)")]
    private static partial Regex Allowed();

    [GeneratedRegex(@">[A-Z-]+")]
    private static partial Regex Password();
}
