using Dibs.Cli.Frame;
using Dibs.Cli.Output;
using Dibs.Stores;

namespace Dibs.Cli.Commands;

/// <summary><c>dibs resources</c>: who holds what, and who waits for it.</summary>
internal sealed class ResourcesVerb() : Verb("resources", "", "List resources with their holders and who waits, longest wait first.", "dibs resources")
{
    public override async Task<int> RunAsync(Invocation run)
    {
        run.NoOperandsAfter(0);
        var store = await run.OpenStoreAsync();
        var survey = await store.SurveyAsync(SurveyParts.Resources, run.Stopping);
        if (run.Json)
            JsonOutput.Write(run.Terminal.Out, new ItemsDocument<ResourceItem>([.. survey.Resources.Select(ResourceItem.Of)]), CliJson.Shared.ItemsDocumentResourceItem);
        else
            run.Write(run.Quiet ? Names(survey) : Table(run, survey), "nobody holds or waits for a resource");
        return ExitCode.Done;
    }

    private static Listing Names(Survey survey)
    {
        var names = new Listing(new Column("resource"));
        foreach (var resource in survey.Resources)
            names.Add(resource.Name);
        return names;
    }

    private static Listing Table(Invocation run, Survey survey)
    {
        var table = new Listing(new("resource"), new("held"), new("by"), new("waiting", Right: true), new("longest", Right: true), new("line", From: 100));
        foreach (var resource in survey.Resources)
        {
            table.Add(
                resource.Name, Held(resource), Some(resource.Holders.Select(holder => holder.Id), resource.HolderCount), resource.WaitingCount,
                resource.Line is [var first, ..] ? JobText.Age(first.Since, run.Terminal.Time) : null,
                Some(resource.Line.Select(waiter => waiter.Id), resource.WaitingCount));
        }
        return table;
    }

    private static string? Held(ResourceRecord resource) => resource.Mode switch
    {
        ReservationMode.Exclusive => "exclusive",
        ReservationMode.Shared => resource.Capacity is { } capacity ? $"shared {resource.HolderCount}/{capacity}" : $"shared {resource.HolderCount}",
        null => null,
    };

    /// <summary>The first three, and how many more.</summary>
    private static string Some(IEnumerable<string> ids, int count)
    {
        const int Most = 3;
        return string.Join(' ', ids.Take(Most)) + (count > Most ? $" +{count - Most}" : "");
    }
}
