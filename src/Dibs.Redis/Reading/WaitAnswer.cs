using Dibs.Redis.Scripts;
using Dibs.Stores;

namespace Dibs.Redis.Reading;

/// <summary>Reads who holds a resource and who waits for it, as the part "waiting" of the scripts wrote it.</summary>
internal static class WaitAnswer
{
    private const int HolderFields = 4;
    private const int WaiterFields = 3;

    /// <summary>How many hold it, and the first of them.</summary>
    public static (int Count, WhyHolder[] First) Holders(StepReply reply)
    {
        var count = reply.Int32();
        return (count, reply.Many(reply.Int32() / HolderFields, item => new WhyHolder(item.Text(), (JobState)item.Int32(), item.TextOrNull(), Time(item))));
    }

    /// <summary>The first in line.</summary>
    public static ResourceWaiter[] Line(StepReply reply) => reply.Many(
        reply.Int32() / WaiterFields,
        item => new ResourceWaiter(item.Text(), (ReservationMode)item.Int32(), StoreTime.FromMicroseconds(item.Int64())));

    /// <summary>A time in microseconds since 1970.</summary>
    public static DateTimeOffset Time(StepReply reply) => StoreTime.FromMicroseconds(reply.Int64());
}
