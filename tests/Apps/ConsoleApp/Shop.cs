using Dibs;
using Microsoft.Data.Sqlite;

namespace ConsoleApp;

public interface IPrices
{
    int Of(string article);
}

internal sealed class FixedPrices : IPrices
{
    public int Of(string article) => article.Length;
}

/// <summary>A service that is resolved when a job runs, with what <see cref="DibsStartup"/> registered.</summary>
public sealed class Shop(IPrices prices, IJobClient jobs)
{
    public int Price(string article) => prices.Of(article);

    /// <summary>Enqueues another job from within a job.</summary>
    public async Task<string> OrderAsync(string article, JobContext? context = null)
    {
        var job = await jobs.EnqueueAsync((Shop shop) => shop.Price(article), new JobOptions { Id = $"{context?.JobId}-price" });
        return job.Id;
    }

    /// <summary>Needs a native library that only this application brings along.</summary>
    public static string Native()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        return connection.ServerVersion;
    }
}
