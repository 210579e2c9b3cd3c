using Dibs.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dibs;

/// <summary>Keeps jobs in a SQLite file.</summary>
public static class SqliteDibsBuilderExtensions
{
    /// <summary>
    /// Keeps jobs in one SQLite file, which several processes of one machine may share. What was acknowledged is on the disk.
    /// </summary>
    /// <param name="dibs">The builder.</param>
    /// <param name="path">
    /// The file, absolute or relative to the content root. It is created if it is not there; its directory must exist, and
    /// must be on a local disk. A file that is something else is refused at the start of the application and left as it is.
    /// </param>
    public static DibsBuilder UseSqlite(this DibsBuilder dibs, string path)
    {
        ArgumentNullException.ThrowIfNull(dibs);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return dibs.UseStore((services, @namespace) => new SqliteJobStore(
            Path.Combine(services.GetService<IHostEnvironment>()?.ContentRootPath ?? Directory.GetCurrentDirectory(), path),
            @namespace,
            services.GetService<TimeProvider>()));
    }
}
