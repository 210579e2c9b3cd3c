using System.CommandLine;
using Dibs.Cli.Apps;
using Dibs.Cli.Input;
using Dibs.Cli.Output;
using Dibs.Cli.Settings;
using Dibs.Clients;
using Dibs.Jobs;
using Dibs.Stores;

namespace Dibs.Cli.Frame;

/// <summary>One call of a verb: what was written, where to answer, and the store.</summary>
internal sealed class Invocation : IAsyncDisposable
{
    private readonly ParseResult _parsed;
    private readonly CreateStore _createStore;
    private IJobStore? _store;

    public Invocation(ParseResult parsed, IReadOnlyList<string> operands, IReadOnlyList<string>? program, Terminal terminal, CreateStore createStore, Interrupts interrupts)
    {
        _parsed = parsed;
        _createStore = createStore;
        Operands = operands;
        Program = program;
        Terminal = terminal;
        Interrupts = interrupts;
        Json = parsed.GetValue(CommonOptions.Json);
        Quiet = parsed.GetValue(CommonOptions.Quiet);
        Verbose = parsed.GetValue(CommonOptions.Verbose);
    }

    /// <summary>What is no option, in order.</summary>
    public IReadOnlyList<string> Operands { get; }

    /// <summary>What follows a <c>--</c> with no operand before it; null without one.</summary>
    public IReadOnlyList<string>? Program { get; }

    public Terminal Terminal { get; }

    public Interrupts Interrupts { get; }

    public CancellationToken Stopping => Interrupts.Stopping;

    public bool Json { get; }

    public bool Quiet { get; }

    public bool Verbose { get; }

    /// <summary>The settings file that is given, if one is.</summary>
    public SettingsFile Settings => field ??= ReadSettings();

    public string Namespace => field ??= ChooseNamespace();

    /// <summary>Which store is asked for.</summary>
    public StoreAddress Address => field ??= StoreChoice.Make(Get(CommonOptions.Store), Get(CommonOptions.PasswordFile), Settings, Terminal.Variable);

    public T? Get<T>(Option<T> option) => _parsed.GetValue(option);

    /// <summary>What the option says, else the settings file under its name.</summary>
    public T? GetOrSetting<T>(Option<T> option) => !Has(option) && Settings.Worker is { } settings ? settings.GetValue(option) : Get(option);

    /// <summary>Whether the option was written.</summary>
    public bool Has(Option option) => _parsed.GetResult(option) is { Implicit: false };

    /// <summary>The one operand of a verb that takes exactly one.</summary>
    public string Operand(string name)
    {
        if (Operands.Count == 0)
            throw new UsageException($"'{Verb}' needs {name}; write dibs {Verb} {name}");
        NoOperandsAfter(1);
        return Operands[0];
    }

    public void NoOperandsAfter(int count)
    {
        if (Operands.Count > count)
            throw new UsageException($"'{Operands[count]}' is one word too many for '{Verb}'; see dibs {Verb} --help");
    }

    /// <summary>Reads a TIME, and says how it was understood when it has no zone.</summary>
    public DateTimeOffset? Time(Option<string?> option)
    {
        if (Get(option) is not { } text)
            return null;
        var time = TimeText.Parse(text, Terminal.Time);
        if (time.Local)
            Note($"the time '{text}' has no zone and is taken as local time: {time.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}");
        return time.At;
    }

    /// <summary>The store of that namespace, not yet opened, for whoever disposes of it.</summary>
    public IJobStore CreateStore(string name) => CreateStore(name, Terminal.Time);

    /// <summary>As <see cref="CreateStore(string)"/>, with a clock of the caller's.</summary>
    public IJobStore CreateStore(string name, TimeProvider time) => _createStore(Address, name, time);

    /// <summary>The store, opened; opening it again has no effect.</summary>
    public async Task<IJobStore> OpenStoreAsync()
    {
        _store ??= CreateStore(Namespace);
        await _store.OpenAsync(Stopping);
        return _store;
    }

    /// <summary>A client of the store. Without applications it checks no more of a method than the form of its name.</summary>
    public IJobClient CreateClient(AppSet apps)
    {
        _store ??= CreateStore(Namespace);
        return new JobClient(new StoreGate(_store), apps.IsEmpty ? null : new MethodCatalog(apps.MethodAssemblies), Terminal.Time);
    }

    /// <summary>Writes a list, or says on stderr that it is empty.</summary>
    public void Write(Listing listing, string? whenEmpty)
    {
        if (!listing.IsEmpty)
            listing.Write(Terminal);
        else if (whenEmpty is not null)
            Note(whenEmpty);
    }

    /// <summary>A line on stderr beside the result; not with <c>--quiet</c>.</summary>
    public void Note(string line)
    {
        if (!Quiet)
            Terminal.Error.WriteLine($"dibs: {line}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
            await _store.DisposeAsync();
    }

    private string Verb => _parsed.CommandResult.Command.Name;

    private string? Variable(string name) => Terminal.Variable(name) is { Length: > 0 } text ? text : null;

    private string ChooseNamespace()
    {
        var name = Get(CommonOptions.Namespace) ?? Variable("DIBS_NAMESPACE") ?? Settings.Namespace ?? "default";
        JobRules.RequireName("namespace", name);
        return name;
    }

    private SettingsFile ReadSettings()
    {
        if ((Get(CommonOptions.Settings) ?? Variable("DIBS_SETTINGS")) is not { } path)
            return SettingsFile.None;
        var settings = SettingsFile.Load(path, (RootCommand)_parsed.RootCommandResult.Command, Terminal.Variable);
        foreach (var warning in settings.Warnings)
            Terminal.Error.WriteLine($"dibs: warning: {Printable.Line(warning)}");
        return settings;
    }
}
