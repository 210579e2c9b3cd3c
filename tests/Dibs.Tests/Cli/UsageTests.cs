namespace Dibs.Tests.Cli;

public class UsageTests
{
    private readonly CliHarness _cli = new();

    [Theory]
    [InlineData("unknown verb 'workr', did you mean 'worker'?", "workr")]
    [InlineData("unknown verb 'purge'", "purge", "--dry-run")]
    [InlineData("unknown verb 'serve'", "serve")]
    [InlineData("unknown verb 'workr', did you mean 'worker'?", "workr", "--help")]
    [InlineData("no verb is given", "--json")]
    [InlineData("unknown option '--quue' of 'enqueue', did you mean '--queue'?", "enqueue", "--quue", "x", "M")]
    [InlineData("unknown option '--quue' of 'enqueue', did you mean '--queue'?", "enqueue", "M", "--quue=x")]
    [InlineData("unknown option '--retry' of 'enqueue'", "enqueue", "--retry", "3", "M")]
    [InlineData("unknown option '--exlusive' of 'enqueue', did you mean '--exclusive'?", "enqueue", "--exlusive", "r", "--", "true")]
    [InlineData("--queue needs a value", "enqueue", "M", "--queue")]
    [InlineData("--queue needs a value; if it is the text '--wait', write --queue=--wait", "enqueue", "M", "--queue", "--wait")]
    [InlineData("--queue is given more than once", "enqueue", "M", "--queue", "a", "--queue", "b")]
    [InlineData("needs a method or a program", "enqueue")]
    [InlineData("no program follows '--'", "enqueue", "--")]
    [InlineData("is negative", "enqueue", "M", "--in", "-5s")]
    [InlineData("not a duration", "enqueue", "M", "--in", "soon")]
    [InlineData("is not a time", "enqueue", "M", "--at", "noon")]
    [InlineData("--in and --at both say when", "enqueue", "M", "--in", "1h", "--at", "2026-12-01T08:00:00Z")]
    [InlineData("--at '2h' would be 2h ago; for a job that is due 2h from now write --in 2h", "enqueue", "M", "--at", "2h")]
    [InlineData("the method 'bad name' has a blank in its name", "enqueue", "bad name")]
    [InlineData("whole number from 1 up", "enqueue", "M", "--shared", "x=0")]
    [InlineData("whole number from -100 to 100", "enqueue", "M", "--priority", "101")]
    [InlineData("--env is for programs", "enqueue", "M", "--env", "A=1")]
    [InlineData("--label 'x' is not a name and a value", "enqueue", "M", "--label", "x")]
    [InlineData("is empty", "enqueue", "M", "--exclusive", "")]
    [InlineData("contains ' '", "enqueue", "M", "--id", "a b")]
    [InlineData("contains '~'", "enqueue", "M", "--id", "a~2")]
    [InlineData("'runing' is not a state, did you mean 'running'?", "jobs", "--state", "runing")]
    [InlineData("whole number from 1 to 1000", "jobs", "--limit", "0")]
    [InlineData("'x' is not a cursor", "jobs", "--cursor", "x")]
    [InlineData("'x' is one word too many for 'jobs'", "jobs", "x")]
    [InlineData("'x' is one word too many for 'bench'", "bench", "x")]
    [InlineData("'why' needs ID", "why")]
    [InlineData("'cancel' needs IDs or filters", "cancel")]
    [InlineData("IDs or filters, not both", "cancel", "a", "--queue", "q")]
    [InlineData("'fish' is not a shell", "completion", "fish")]
    [InlineData("The name of a namespace is empty", "jobs", "--namespace", "")]
    [InlineData("--settings needs a value", "jobs", "--settings")]
    [InlineData("--password-file is for Redis, and the store is sqlite:/srv/jobs.db", "jobs", "--store", "sqlite:/srv/jobs.db", "--password-file", "/dev/null")]
    [InlineData("--on-store-loss is 'exti', did you mean 'exit'?; write wait or exit", "worker", "--allow-commands", "--on-store-loss", "exti")]
    public async Task Bad_usage_is_one_line_and_exit_2(string line, params string[] words)
    {
        var result = await _cli.RunAsync(words);
        Assert.Equal(2, result.Exit);
        Assert.StartsWith("dibs: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(line, result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(letter => letter == '\n'));
    }

    [Fact]
    public async Task More_than_64_reservations_are_refused()
    {
        var result = await _cli.RunAsync([.. Enumerable.Range(0, 65).SelectMany(i => new[] { "--exclusive", $"r{i}" }).Prepend("enqueue"), "--", "true"]);
        Assert.Equal(2, result.Exit);
        Assert.Contains("65", result.Error, StringComparison.Ordinal);
        Assert.Contains("64", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_of_257_bytes_is_refused()
    {
        var result = await _cli.RunAsync("enqueue", "--exclusive", new string('é', 128) + "x", "--", "true");
        Assert.Equal(2, result.Exit);
        Assert.Contains("257 bytes", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dibs: Job id 'a b' contains ' ' at position 2; use letters, digits, '.', '_', ':' and '-'\n", "enqueue", "--id", "a b", "M")]
    [InlineData("dibs: The name of a resource is empty; give it 1 to 256 bytes\n", "enqueue", "--exclusive", "", "M")]
    [InlineData("dibs: there is no job 'x. Yes' in this namespace of this store, or no longer; see dibs jobs\n", "why", "x. Yes")]
    public async Task An_error_says_what_happened_and_behind_a_semicolon_what_to_do(string line, params string[] words) => Assert.Equal(line, (await _cli.RunAsync(words)).Error);

    [Fact]
    public async Task With_json_an_error_is_a_document_too()
    {
        var result = await _cli.RunAsync("why", "nobody", "--json");
        Assert.Equal(4, result.Exit);
        Assert.Equal("unknown-job", result.Json.GetProperty("error").GetProperty("code").GetString());
        Assert.Contains("there is no job 'nobody'", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("why")]
    [InlineData("job")]
    [InlineData("cancel")]
    [InlineData("requeue")]
    public async Task An_unknown_id_is_exit_4(string verb) => Assert.Equal(4, (await _cli.RunAsync(verb, "nobody")).Exit);

    [Fact]
    public async Task A_time_without_a_zone_is_taken_as_local_and_said_so()
    {
        var result = await _cli.RunAsync("enqueue", "--id", "j", "--at", "2026-12-01T08:00", "--", "true");
        Assert.Equal(0, result.Exit);
        Assert.Contains("is taken as local time: 2026-12-01T07:00:00Z", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DIBS_STORE", "redis://x:y")]
    [InlineData("DIBS_STORE", "nonsense")]
    public async Task A_bad_store_address_in_the_environment_is_exit_78(string name, string value)
    {
        _cli.Variables[name] = value;
        Assert.Equal(78, (await _cli.RunAsync("jobs")).Exit);
    }

    [Fact]
    public async Task An_argument_may_look_like_a_file_of_options() =>
        Assert.Equal("@file", (await _cli.RunAsync("enqueue", "M.N", "@file", "--json")).Json.GetProperty("args")[0].GetString());

    [Fact]
    public async Task After_a_method_two_dashes_only_end_the_options()
    {
        var job = (await _cli.RunAsync("enqueue", "N.M", "1", "--json", "--", "--queue", "true")).Json;
        Assert.Equal("N.M", job.GetProperty("method").GetString());
        Assert.Equal(["1", "\"--queue\"", "true"], job.GetProperty("args").EnumerateArray().Select(arg => arg.GetRawText()));
    }

    [Fact]
    public async Task The_help_of_every_verb_has_its_usage_and_an_example()
    {
        var root = await _cli.RunAsync("--help");
        Assert.Equal(0, root.Exit);
        foreach (var verb in new[] { "enqueue", "worker", "job", "jobs", "why", "cancel", "requeue", "queues", "workers", "resources", "info", "verify", "repair", "bench", "completion" })
        {
            Assert.Contains($"  {verb} ", root.Out, StringComparison.Ordinal);
            var help = await _cli.RunAsync(verb, "--help");
            Assert.Equal(0, help.Exit);
            Assert.Contains($"Usage: dibs {verb} ", help.Out, StringComparison.Ordinal);
            Assert.Contains("Example: ", help.Out, StringComparison.Ordinal);
            Assert.All(help.Lines, line => Assert.True(line.Length <= 100, line));
        }
    }

    [Fact]
    public async Task The_help_puts_options_before_a_program_whose_own_they_would_be_behind_it()
    {
        var help = await _cli.RunAsync("enqueue", "--help");
        Assert.Contains("dibs enqueue [OPTION…] METHOD [ARG…]\n", help.Out, StringComparison.Ordinal);
        Assert.Contains("dibs enqueue [OPTION…] -- PROGRAM [ARG…]\n", help.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_one_line() => Assert.Matches(@"^dibs \d+\.\d+\.\d+", (await _cli.RunAsync("--version")).Out);
}
