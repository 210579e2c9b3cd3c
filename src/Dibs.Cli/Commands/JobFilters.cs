using System.CommandLine;
using Dibs.Cli.Frame;
using Dibs.Cli.Input;
using Dibs.Stores;

namespace Dibs.Cli.Commands;

/// <summary>The options that choose jobs: of <c>jobs</c>, <c>cancel</c> and <c>requeue</c>.</summary>
internal sealed class JobFilters
{
    private readonly Option<JobState[]> _states = Opt.Values("--state", "STATE", "In one of these states.", OptionText.State);
    private readonly Option<string?> _queue = Opt.Text("--queue", "QUEUE", "Of this queue.", "-q");
    private readonly Option<string?> _resource = Opt.Text("--resource", "RESOURCE", "That reserve this resource.");
    private readonly Option<string?> _method = Opt.Text("--method", "METHOD", "Of this method.");
    private readonly Option<string[]> _labels = Opt.Texts("--label", "K=V", "With this label.");
    private readonly Option<string?> _worker = Opt.Text("--worker", "NAME", "Whose last attempt was on this worker.");
    private readonly Option<string?> _since = Opt.Text("--since", "TIME", "Enqueued at this time or later: ISO-8601, or an age such as 2h.");

    public JobFilters(Command verb)
    {
        _states.CompletionSources.Clear();
        _states.CompletionSources.Add(_ => JobStates.All.Select(state => new System.CommandLine.Completions.CompletionItem(state)));
        foreach (var option in All)
            verb.Add(option);
    }

    private IEnumerable<Option> All => [_states, _queue, _resource, _method, _labels, _worker, _since];

    /// <summary>Whether any was written.</summary>
    public bool Given(Invocation run) => All.Any(run.Has);

    public JobQuery Read(Invocation run) => new()
    {
        States = run.Get(_states) ?? [],
        Queue = run.Get(_queue),
        Resource = run.Get(_resource),
        Method = run.Get(_method),
        Labels = OptionText.Pairs(_labels.Name, run.Get(_labels) ?? []),
        Worker = run.Get(_worker),
        Since = run.Time(_since),
    };
}
