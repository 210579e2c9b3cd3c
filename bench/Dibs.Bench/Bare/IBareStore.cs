namespace Dibs.Bench.Bare;

/// <summary>
/// The least that anybody could do with the same medium for the same number of jobs. What Dibs reaches is compared with it. In this
/// process and in a file that is one row per job, no states, no order, no reservations, nobody to tell; on a server it is what
/// docs/benchmarks.md says.
/// </summary>
internal interface IBareStore : IAsyncDisposable
{
    /// <summary>Seconds per row to insert rows.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="callers">So many insert at the same time.</param>
    /// <param name="perStep">Each so many at a time.</param>
    /// <param name="cancellationToken">Ends it before all are inserted.</param>
    Task<double> InsertAsync(int rows, int callers, int perStep, CancellationToken cancellationToken);

    /// <summary>Seconds per row for its whole life: rows are inserted so many at a time; then each exchange deletes those that the last one updated and updates the next.</summary>
    Task<double> PassAsync(BarePass pass, CancellationToken cancellationToken);

    /// <summary>Seconds from the request to insert a row until somebody else was woken and has updated it.</summary>
    Task<double> PickUpAsync();

    /// <summary>Bytes kept per row with a body of so many bytes.</summary>
    Task<double> BytesPerRowAsync(int rows, int body, CancellationToken cancellationToken);
}

/// <summary>The whole life of rows.</summary>
/// <param name="Rows">How many.</param>
/// <param name="PerStep">Inserted so many at a time.</param>
/// <param name="PerExchange">Updated, and then deleted, so many at a time.</param>
/// <param name="Reservations">What each reserves, where the bare cost is that of the same steps.</param>
internal readonly record struct BarePass(int Rows, int PerStep, int PerExchange, int Reservations = 0);
