namespace Dibs.Tests.Model;

/// <summary>Reservations for the reader of a trace.</summary>
internal static class ReservationText
{
    public static string Of(IEnumerable<Reservation> reservations) => string.Join(", ", reservations.Select(Of));

    public static string Of(Reservation reservation) =>
        $"{reservation.Mode} {reservation.Resource}{(reservation.Capacity is null ? "" : $"={reservation.Capacity}")}";
}
