using Dibs.Sqlite.Raw;

namespace Dibs.Sqlite.Steps;

/// <summary>A reservation of a job during one step. Its number is its place among the reservations of the job.</summary>
internal record struct Place(string Resource, ReservationMode Mode, int? Capacity, bool Held)
{
    public static Place[] From(IReadOnlyList<Reservation> reservations)
    {
        if (reservations.Count == 0)
            return [];
        var places = new Place[reservations.Count];
        for (var n = 0; n < places.Length; n++)
            places[n] = new Place(reservations[n].Resource, reservations[n].Mode, reservations[n].Capacity, Held: false);
        return places;
    }

    public static Place[] Load(Connection sql, JobRow job)
    {
        if (job.Reserves == 0)
            return [];
        var places = new Place[job.Reserves];
        using var row = sql.Use(Sql.ReservationsOf).Bind(job.Seq);
        for (var n = 0; row.Step(); n++)
            places[n] = new Place(row.Text(0), (ReservationMode)row.Int32(1), row.Int32OrNull(2), row.Boolean(3));
        return places;
    }
}
