using System.Text.Json;
using Dibs.Cli.Frame;
using Dibs.Cli.Input;
using Dibs.Clients;
using Dibs.Stores;
using Dibs.Stores.Memory;
using Microsoft.Extensions.Time.Testing;

namespace Dibs.Tests.Cli;

/// <summary>What a command line said.</summary>
internal sealed class CliResult(int exit, string output, string error)
{
    public int Exit => exit;

    public string Out => output;

    public string Error => error;

    public JsonElement Json => JsonElement.Parse(Out);

    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Runs verbs in this process on a store in memory, with a terminal made of strings and a clock that stands still.</summary>
internal sealed class CliHarness
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public CliHarness()
    {
        Time.SetLocalTimeZone(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        Store = new MemoryJobStore("default", Time);
        Jobs = new JobClient(new StoreGate(Store), catalog: null, Time);
    }

    public FakeTimeProvider Time { get; } = new(Start);

    public MemoryJobStore Store { get; }

    public IJobClient Jobs { get; }

    public Interrupts Interrupts { get; } = new();

    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>The store and the namespace that the last verb asked for.</summary>
    public (StoreAddress Address, string Namespace)? Asked { get; private set; }

    /// <summary>Width of the terminal; null when all is piped.</summary>
    public int? Terminal { get; set; }

    public string Typed { get; set; } = "";

    /// <summary>Puts something between the verbs and their store.</summary>
    public Func<IJobStore, IJobStore> Wrap { get; set; } = store => store;

    public async Task<CliResult> RunAsync(params string[] words)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        using var terminal = new Terminal
        {
            Out = output,
            Error = error,
            In = () => new StringReader(Typed),
            IsInTerminal = Terminal is not null,
            IsOutTerminal = Terminal is not null,
            IsErrorTerminal = Terminal is not null,
            Size = () => new WindowSize(Terminal ?? 80, Rows: 24),
            Time = Time,
            Variable = name => Variables.GetValueOrDefault(name),
        };
        var exit = await DibsCommandLine.RunAsync(words, terminal, Create, Interrupts);
        return new CliResult(exit, output.ToString(), error.ToString());
    }

    /// <summary>Enqueues a command, which is as good as any job here.</summary>
    public async Task<string> EnqueueAsync(string id, string? exclusive = null, string queue = "default")
    {
        await Jobs.EnqueueCommandAsync(["true"], options: new JobOptions { Id = id, Queue = queue, Exclusive = exclusive is null ? [] : [exclusive] });
        return id;
    }

    /// <summary>Makes a worker known and claims up to so many jobs for it.</summary>
    public async Task<IReadOnlyList<Claim>> ClaimAsync(int count, string queue = "default")
    {
        await Store.RegisterAsync(
            new WorkerRegistration { Incarnation = "w1", Name = "worker@test", Host = "test", Pid = 7, Version = "1", Queues = [queue], Slots = 4, Lease = TimeSpan.FromSeconds(30) },
            CancellationToken.None);
        return (await Store.ExchangeAsync(new ExchangeRequest { Incarnation = "w1", Number = ++_exchanges, Claims = count }, CancellationToken.None)).Claims;
    }

    public async Task SettleAsync(Claim claim, SettleOutcome outcome, JobError? error = null) => await Store.ExchangeAsync(
        new ExchangeRequest
        {
            Incarnation = "w1",
            Number = ++_exchanges,
            Settlements = [new Settlement { Key = claim.Key, Outcome = outcome, Reason = outcome == SettleOutcome.Failed ? JobReasons.Exited : null, Error = error }],
        },
        CancellationToken.None);

    private long _exchanges;

    private IJobStore Create(StoreAddress address, string name, TimeProvider time)
    {
        Asked = (address, name);
        return Wrap(Store);
    }
}
