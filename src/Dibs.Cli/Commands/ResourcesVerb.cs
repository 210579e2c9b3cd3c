using System.Text.Json.Serialization.Metadata;
using Dibs.Cli.Output;
using Dibs.Stores;

namespace Dibs.Cli.Commands;

/// <summary><c>dibs resources</c>: who holds what, and who waits for it.</summary>
internal sealed class ResourcesVerb() : SurveyVerb<ResourceItem>(
    "resources", "List resources with their holders and who waits, longest wait first.", SurveyParts.Resources, "nobody holds or waits for a resource")
{
    protected override JsonTypeInfo<ItemsDocument<ResourceItem>> JsonType => CliJson.Shared.ItemsDocumentResourceItem;

    protected override IEnumerable<ResourceItem> Items(Survey survey) => survey.Resources.Select(ResourceItem.Of);

    protected override Listing Table(IReadOnlyList<ResourceItem> items, TimeProvider time)
    {
        var table = new Listing(new("resource"), new("held"), new("by", Cut: true), new("waiting", Right: true), new("longest", Right: true), new("line", From: 100));
        foreach (var resource in items)
        {
            table.Add(
                resource.Name, Held(resource), Some(resource.Holders.Select(holder => holder.Id), resource.HolderCount), resource.WaitingCount,
                resource.Line is [var first, ..] ? JobText.Age(first.Since, time) : null,
                Some(resource.Line.Select(waiter => waiter.Id), resource.WaitingCount));
        }
        return table;
    }

    private static string? Held(ResourceItem resource) => resource.Mode switch
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
