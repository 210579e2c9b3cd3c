using System.Text.Json.Serialization;

namespace Dibs;

/// <summary>How a job claims a resource.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReservationMode>))]
public enum ReservationMode
{
    /// <summary>Alone: nobody else holds the resource meanwhile.</summary>
    [JsonStringEnumMemberName("exclusive")]
    Exclusive,

    /// <summary>Beside other shared holders, up to the capacity of the resource if it has one.</summary>
    [JsonStringEnumMemberName("shared")]
    Shared,
}

/// <summary>One job's claim on one resource.</summary>
/// <param name="Resource">Name of the resource: ordinal, 1 to 256 bytes of UTF-8.</param>
/// <param name="Mode">Exclusive or shared.</param>
/// <param name="Capacity">Only with shared: from this job's admission on, at most so many hold the resource at once. None: unchanged, at first unlimited.</param>
public readonly record struct Reservation(string Resource, ReservationMode Mode, int? Capacity = null);

/// <summary>A resource that a job shares with others. A plain string converts to one without a capacity.</summary>
/// <param name="Name">Name of the resource: ordinal, 1 to 256 bytes of UTF-8.</param>
/// <param name="Capacity">Most shared holders at once, from 1 up. Default none: unchanged, at first unlimited.</param>
public readonly record struct SharedResource(string Name, int? Capacity = null)
{
    /// <summary>A shared resource without a capacity.</summary>
    public static implicit operator SharedResource(string name) => new(name);

    /// <summary>A shared resource without a capacity.</summary>
    public static SharedResource FromString(string name) => new(name);
}
