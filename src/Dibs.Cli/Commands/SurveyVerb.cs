using System.Text.Json.Serialization.Metadata;
using Dibs.Cli.Frame;
using Dibs.Cli.Output;
using Dibs.Stores;

namespace Dibs.Cli.Commands;

/// <summary>Lists one part of the state of a namespace: the shape of <c>queues</c>, <c>workers</c> and <c>resources</c>.</summary>
internal abstract class SurveyVerb<T>(string name, string description, SurveyParts part, string whenEmpty, string usage = "") : Verb(name, usage, description, $"dibs {name}")
    where T : INamed
{
    protected abstract JsonTypeInfo<ItemsDocument<T>> JsonType { get; }

    protected abstract IEnumerable<T> Items(Survey survey);

    protected abstract Listing Table(IReadOnlyList<T> items, TimeProvider time);

    public override async Task<int> RunAsync(Invocation run)
    {
        run.NoOperandsAfter(0);
        var store = await run.OpenStoreAsync();
        var items = Items(await store.SurveyAsync(part, run.Stopping)).ToArray();
        if (run.Json)
            JsonOutput.Write(run.Terminal.Out, new ItemsDocument<T>(items), JsonType);
        else
            run.Write(run.Quiet ? Names(items) : Table(items, run.Terminal.Time), whenEmpty);
        return ExitCode.Done;
    }

    private Listing Names(IEnumerable<T> items)
    {
        var names = new Listing(new Column(Name));
        foreach (var item in items)
            names.Add(item.Name);
        return names;
    }
}
