using Dibs.Cli.Input;
using Dibs.Faults;
using Dibs.Redis;
using Dibs.Sqlite;
using Dibs.Stores;

namespace Dibs.Cli.Frame;

/// <summary>Makes the store of an address, not yet opened. Tests bring a store of their own.</summary>
internal delegate IJobStore CreateStore(StoreAddress address, string name, TimeProvider time);

/// <summary>The stores of the command line.</summary>
internal static class CliStores
{
    /// <exception cref="DibsConfigurationException">A store in memory, which no other command would ever see.</exception>
    public static IJobStore Create(StoreAddress address, string name, TimeProvider time)
    {
        IJobStore store = address.Redis is { } redis ? new RedisJobStore(redis, name) : OpenFile(address, name, time);
        FaultPoint.Watch(ref store);
        return store;
    }

    private static SqliteJobStore OpenFile(StoreAddress address, string name, TimeProvider time)
    {
        if (address.Path is not { } path)
            throw new DibsConfigurationException("store-unsupported", "memory: would keep jobs in this process only, where no other command sees them; give --store sqlite:PATH or redis://HOST");
        if (address.IsDefault)
            MakeDirectory(Path.GetDirectoryName(path)!);
        return new SqliteJobStore(path, name, time);
    }

    /// <summary>Nobody chose the data directory, so nobody has made it either; a path that somebody wrote must be there.</summary>
    private static void MakeDirectory(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DibsConfigurationException("store-directory", $"the data directory {directory} cannot be made: {failure.Message.TrimEnd('.')}; give --store sqlite:PATH or set DIBS_STORE", failure);
        }
    }
}
