using System.CommandLine;
using System.CommandLine.Parsing;
using Dibs.Cli.Apps;
using Dibs.Cli.Frame;
using Dibs.Cli.Input;
using Dibs.Cli.Output;
using Dibs.Cli.Working;
using Dibs.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Dibs.Cli.Commands;

/// <summary><c>dibs worker</c>: claims and runs jobs until it is asked to stop.</summary>
internal sealed class WorkerVerb : Verb
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly Option<string?> _name = Opt.Text("--name", "NAME", "Its name; %h is the host name, %p the process id (default 'worker@%h').", "-n");
    private readonly Option<string[]> _queues = Opt.Texts("--queue", "QUEUE", "A queue to serve, in this order (default 'default').", "-q");
    private readonly Option<int?> _slots = Opt.Value("--slots", "N", "Jobs that run at once (default: the number of processors).", text => OptionText.Number("--slots", text, 1, Limits.Slots), "-c");
    private readonly Option<string[]> _apps = Opt.Texts("--app", "DLL", "An application whose methods it runs (else DIBS_APP, several separated by ':').");
    private readonly Option<bool> _allowCommands = Opt.Flag("--allow-commands", "Run programs too, whichever those who can write to the store name.");
    private readonly Option<Isolation?> _isolation = Opt.Choice("--isolation", OptionText.Isolations, "Run jobs in child processes that can be killed, or in this one (default process).", OptionText.Isolation);
    private readonly Option<long?> _maxMemory = Opt.Value("--max-memory", "SIZE", "Kill a job whose process uses more, such as 512M.", text => OptionText.Size("--max-memory", text, WorkerOptions.LeastMaxMemory));
    private readonly Option<int?> _maxJobsPerHost = Opt.Value("--max-jobs-per-host", "N", "Replace a child process after so many jobs.", text => OptionText.Number("--max-jobs-per-host", text, 1, int.MaxValue));
    private readonly Option<bool> _burst = Opt.Flag("--burst", "Exit when no job is ready in its queues and none of its own runs.");
    private readonly Option<int?> _maxJobs = Opt.Value("--max-jobs", "N", "Exit after so many jobs.", text => OptionText.Number("--max-jobs", text, 1, int.MaxValue));
    private readonly Option<TimeSpan?> _maxIdle = Opt.Value("--max-idle", "DURATION", "Exit after so long without a job.", text => OptionText.Duration("--max-idle", text, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(365)));
    private readonly Option<TimeSpan?> _grace = Opt.Value("--grace", "DURATION", "How long running jobs may go on after SIGTERM (default 60s).", text => OptionText.Duration("--grace", text, TimeSpan.Zero, Day));
    private readonly Option<TimeSpan?> _lease = Opt.Value("--lease", "DURATION", "How long its heartbeat may stand still, 3s to 1h (default 30s).", text => OptionText.Duration("--lease", text, TimeSpan.FromSeconds(3), TimeSpan.FromHours(1)));
    private readonly Option<OnStoreLoss?> _onStoreLoss = Opt.Choice("--on-store-loss", OptionText.StoreLosses, "When the store is lost: wait until it is back, or exit with 69 (default wait).", OptionText.StoreLoss);
    private readonly Option<string?> _pid = Opt.Text("--pid", "FILE", "Keep the process id in this file while it lives.");
    private readonly Option<string?> _healthFile = Opt.Text("--health-file", "FILE", "Renew this file after each answered heartbeat; remove it at the end.");
    private readonly Option<int?> _umask = Opt.Value("--umask", "MASK", "File mode creation mask in octal, such as 022.", OptionText.Umask);

    public WorkerVerb() : base(
        "worker", "", "Run jobs until asked to stop: SIGTERM drains, a second one cuts what runs.", "dibs worker --queue mail --queue default --slots 4 --app bin/Release/net10.0/Shop.dll")
    {
        Option[] options = [_name, _queues, _slots, _apps, _allowCommands, _isolation, _maxMemory, _maxJobsPerHost, _burst, _maxJobs, _maxIdle, _grace, _lease, _onStoreLoss, _pid, _healthFile, _umask];
        foreach (var option in options)
            Add(option);
        _name.Validators.Add(result => RequireNames("worker", result));
        _queues.Validators.Add(result => RequireNames("queue", result));
    }

    public override async Task<int> RunAsync(Invocation run)
    {
        run.NoOperandsAfter(0);
        var service = NotifySocket.Take(run.Terminal.Variable);
        var files = AppFiles.Find(AppPaths(run));
        if (files.IsEmpty && !run.GetOrSetting(_allowCommands))
            throw new DibsConfigurationException("worker-without-work", "a worker runs nothing without --app DLL (or DIBS_APP) or --allow-commands; give one of them");
        if (run.GetOrSetting(_umask) is { } mask)
            ProcessMask.Set(mask);
        // A worker that can kill what its jobs do has none of their code in it.
        var apps = WorkerHost.IsJobHost || IsolationOf(run) == Isolation.None ? AppSet.Load(files) : null;
        var machine = await WorkerName.QualifiedHostAsync(run.Terminal.Time);
        var healthFile = !WorkerHost.IsJobHost && run.GetOrSetting(_healthFile) is { } health ? HealthFile.Clear(health) : null;
        using var host = WorkerHost.Build(run, files, apps, service, healthFile, settings => Apply(run, machine, settings), settings => Introduce(run, files, settings));
        if (WorkerHost.IsJobHost)
        {
            await WorkerHost.RunJobHostAsync(host, run.Interrupts);
            return ExitCode.Done;
        }
        service?.RequireWatchdogFor(host.Services.GetRequiredService<IOptions<WorkerOptions>>().Value.Lease);
        // A store that does not open is said in one line, before the worker says that it is there.
        await using (var store = run.CreateStore(run.Namespace))
            await store.OpenAsync(run.Stopping);
        using var pidFile = run.GetOrSetting(_pid) is { } file ? PidFile.Write(file) : null;
        // An application may stop the host too: for whoever looks that is as good as SIGTERM.
        return await WorkerHost.RunAsync(host, run.Interrupts) ? ExitCode.Signaled(run.Interrupts.Signal is 0 ? Interrupts.Terminate : run.Interrupts.Signal) : ExitCode.Done;
    }

    public override string? Explain(string option) => OriginalOption.Find(option)?.Answer;

    private string[] AppPaths(Invocation run)
    {
        var variable = (run.Terminal.Variable("DIBS_APP") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return (run.Has(_apps) || variable.Length == 0 ? run.GetOrSetting(_apps) : variable) ?? [];
    }

    private Isolation IsolationOf(Invocation run) => run.GetOrSetting(_isolation) ?? Isolation.Process;

    private static void RequireNames(string kind, OptionResult result)
    {
        foreach (var token in result.Tokens)
        {
            try
            {
                JobRules.RequireName(kind, token.Value);
            }
            catch (JobRefusedException refused)
            {
                result.AddError(refused.Message);
            }
        }
    }

    private static void Introduce(Invocation run, AppFiles apps, WorkerOptions settings)
    {
        var queues = settings.Queues.Count == 0 ? ["default"] : settings.Queues;
        var work = apps.Names.Concat(settings.AllowCommands ? ["commands"] : Array.Empty<string>()).ToArray();
        var isolation = OptionText.Isolations[(int)settings.Isolation];
        if (run.Json)
        {
            var start = new WorkerStart(settings.Name, Environment.ProcessId, $"{run.Address}", run.Namespace, [.. queues], settings.Slots, settings.Lease, work, isolation);
            JsonOutput.Write(run.Terminal.Out, start, CliJson.Shared.WorkerStart);
            run.Terminal.Out.Flush();
        }
        run.Note(Printable.Line(
            $"worker '{settings.Name}' on {run.Address}, namespace {run.Namespace}: queues {string.Join(' ', queues)}; {settings.Slots} slot{(settings.Slots == 1 ? "" : "s")}; runs {string.Join(", ", work)}; isolation {isolation}"));
    }

    /// <summary>What was written wins over the settings files of the applications.</summary>
    private void Apply(Invocation run, string machine, WorkerOptions settings)
    {
        settings.Name = WorkerName.FillIn(run.GetOrSetting(_name) ?? settings.Name, machine);
        if (run.GetOrSetting(_queues) is { Length: > 0 } queues)
            settings.Queues = queues;
        settings.Slots = run.GetOrSetting(_slots) ?? settings.Slots;
        settings.MaxJobs = run.GetOrSetting(_maxJobs) ?? settings.MaxJobs;
        settings.MaxIdle = run.GetOrSetting(_maxIdle) ?? settings.MaxIdle;
        settings.Grace = run.GetOrSetting(_grace) ?? settings.Grace;
        settings.Lease = run.GetOrSetting(_lease) ?? settings.Lease;
        settings.OnStoreLoss = run.GetOrSetting(_onStoreLoss) ?? settings.OnStoreLoss;
        settings.Isolation = IsolationOf(run);
        settings.MaxMemory = run.GetOrSetting(_maxMemory) ?? settings.MaxMemory;
        settings.MaxJobsPerHost = run.GetOrSetting(_maxJobsPerHost) ?? settings.MaxJobsPerHost;
        settings.Burst |= run.GetOrSetting(_burst);
        // These two are decisions of whoever starts the process, and of no application.
        settings.AllowCommands = run.GetOrSetting(_allowCommands);
        settings.OnLeaseLost = OnLeaseLost.Exit;
    }
}
