namespace Dibs.Bench.Bare;

/// <summary>
/// The least that anybody could do with the same medium for the same number of jobs: one row per job, no states, no order,
/// no reservations, nobody to tell. What Dibs reaches is compared with it.
/// </summary>
internal interface IBareStore : IDisposable
{
    /// <summary>Seconds per row to insert rows, so many at a time.</summary>
    double Insert(int rows, int atATime);

    /// <summary>Seconds per row for its whole life: rows are inserted so many at a time; then each exchange deletes those that the last one updated and updates the next.</summary>
    double Pass(int rows, int insertsAtATime, int exchanged);

    /// <summary>Seconds from the request to insert a row until somebody else was woken and has updated it.</summary>
    double PickUp();

    /// <summary>Bytes kept per row.</summary>
    double BytesPerRow(int rows);
}
