using System.Diagnostics;
using Dibs.Bench;
using Dibs.Cli.Input;
using Dibs.Redis;

namespace Dibs.Cli.Commands;

/// <summary>This command line again, as a worker of the namespace that is measured.</summary>
internal static class BenchWorker
{
    public static ProcessStartInfo Start(StoreAddress address, string name)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // Run by the dotnet host, the process is 'dotnet', and its first argument the program.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(BenchWorker).Assembly.Location);
        foreach (var word in (string[])["worker", "--namespace", name, "--app", typeof(Probe).Assembly.Location, "--slots", "2", "--quiet"])
            start.ArgumentList.Add(word);
        // Secrets go by the environment: command lines are for everybody to see.
        start.Environment["DIBS_STORE"] = address.Redis is { } redis ? WithSecrets(redis) : $"{address}";
        start.Environment.Remove("DIBS_REDIS_PASSWORD");
        // What a settings file says of workers is not meant for this one.
        start.Environment["DIBS_SETTINGS"] = "";
        return start;
    }

    /// <summary>The address as it is never shown.</summary>
    private static string WithSecrets(RedisAddress redis)
    {
        var shown = redis.ToString();
        var hosts = shown.IndexOf("://", StringComparison.Ordinal) + "://".Length;
        var credentials = redis.User is null && redis.Password is null ? "" : $"{Uri.EscapeDataString(redis.User ?? "")}:{Uri.EscapeDataString(redis.Password ?? "")}@";
        var files = ((string Name, string? Path)[])[("ca", redis.CaFile), ("cert", redis.CertificateFile), ("key", redis.KeyFile)];
        var options = files.Where(file => file.Path is not null).Select(file => $"{file.Name}={Uri.EscapeDataString(file.Path!)}").ToArray();
        var separator = options.Length == 0 ? "" : shown.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        return shown.Insert(hosts, credentials) + separator + string.Join('&', options);
    }
}
