using Dibs.Stores;

namespace Dibs.Redis.Records;

/// <summary>What a record says of a job, without its content and its run.</summary>
internal sealed record JobFacts
{
    public required JobState State { get; init; }
    public required string? Reason { get; init; }
    public required bool IsRetryable { get; init; }
    public required int Priority { get; init; }
    public required int Attempt { get; init; }

    /// <summary>Order of creation.</summary>
    public required long Sequence { get; init; }

    /// <summary>0 while it has none.</summary>
    public required long Ticket { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset? AdmittedAt { get; init; }
    public required DateTimeOffset? ReadyAt { get; init; }
    public required string Queue { get; init; }
    public required IReadOnlyList<ReservationRecord>? Reservations { get; init; }
    public required IReadOnlyList<string>? After { get; init; }
    public required DateTimeOffset? RunAt { get; init; }
    public required string? Method { get; init; }
    public required string? Parent { get; init; }
    public required IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Reads the head of a record, what is held, and its facts, in the order in which they stand.</summary>
    public static JobFacts Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        _ = reader.Byte();
        var (state, priority) = (reader.Byte(), (sbyte)reader.Byte());
        _ = reader.Take(2);
        var (reserves, attempt) = (reader.Byte(), (int)reader.Number(3));
        var (sequence, ticket) = (reader.Number(6), reader.Number(6));
        var (createdAt, admittedAt, readyAt) = (reader.Number(7), Time(reader.Number(7)), Time(reader.Number(7)));
        _ = reader.Take(5);
        var held = reader.Take((reserves + 7) / 8);
        _ = reader.Take(RecordWriter.DigestBytes);
        var queue = reader.Name();
        var reservations = ReadReservations(ref reader, reserves, held);
        var (after, runAt) = reader.Conditions();
        return new JobFacts
        {
            State = (JobState)(state % 8),
            Reason = Reasons.FromCode(state / 16),
            IsRetryable = state % 16 >= 8,
            Priority = priority,
            Attempt = attempt,
            Sequence = sequence,
            Ticket = ticket,
            CreatedAt = StoreTime.FromMicroseconds(createdAt),
            AdmittedAt = admittedAt,
            ReadyAt = readyAt,
            Queue = queue,
            Reservations = reservations,
            After = after,
            RunAt = Time(runAt),
            Method = reader.TextOrNull(),
            Parent = reader.TextOrNull(),
            Labels = reader.Labels(),
        };
    }

    /// <summary>A time in microseconds since 1970; 0 is none.</summary>
    public static DateTimeOffset? Time(long microseconds) => microseconds == 0 ? null : StoreTime.FromMicroseconds(microseconds);

    private static ReservationRecord[]? ReadReservations(ref RecordReader reader, int count, ReadOnlySpan<byte> held)
    {
        if (count == 0)
            return null;
        var reservations = new ReservationRecord[count];
        for (var i = 0; i < count; i++)
        {
            var (resource, mode, capacity) = reader.Reservation();
            reservations[i] = new ReservationRecord(resource, mode, capacity, (held[i / 8] & (1 << (i % 8))) != 0);
        }
        return reservations;
    }
}
