using System.Security.Cryptography;
using System.Text;
using Dibs.Stores;

namespace Dibs.Bench;

/// <summary>Makes jobs as a client would store them. No two have the same id.</summary>
internal sealed class JobMaker
{
    private static readonly byte[] NoArguments = [.. "{}"u8];
    private int _made;

    /// <summary>Makes jobs that call a probe; what the store keeps is memory of their own, as after a client.</summary>
    /// <param name="count">How many.</param>
    /// <param name="queue">Their queue.</param>
    /// <param name="reservations">What each reserves, by its number from 0 on; nothing by default.</param>
    /// <param name="probe">The method that they call.</param>
    /// <param name="content">Bytes of arguments and options; as many as for a call without any by default.</param>
    public NewJob[] Make(int count, string queue, Func<int, IReadOnlyList<Reservation>>? reservations = null, string probe = nameof(Probe.Nothing), int? content = null)
    {
        var jobs = new NewJob[count];
        for (var i = 0; i < count; i++)
        {
            var id = $"bench-{_made++:D12}";
            jobs[i] = new NewJob
            {
                Id = id,
                Digest = SHA256.HashData(Encoding.ASCII.GetBytes(id)),
                Method = $"{typeof(Probe).FullName}.{probe}",
                Content = content is { } bytes ? new byte[bytes] : NoArguments.ToArray(),
                Queue = queue,
                Reservations = reservations?.Invoke(i) ?? [],
            };
        }
        return jobs;
    }

    /// <summary>Reservations that nobody else wants.</summary>
    public static Reservation[] Own(int job, int count) =>
        [.. Enumerable.Range(0, count).Select(n => new Reservation($"bench:{job}:{n}", ReservationMode.Exclusive))];
}
