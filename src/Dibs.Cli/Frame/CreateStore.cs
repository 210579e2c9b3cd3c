using Dibs.Cli.Input;
using Dibs.Stores;

namespace Dibs.Cli.Frame;

/// <summary>Makes the store of an address, not yet opened. Tests bring a store of their own.</summary>
internal delegate IJobStore CreateStore(StoreAddress address, string name, TimeProvider time);

/// <summary>The stores of the command line.</summary>
internal static class CliStores
{
    /// <exception cref="DibsConfigurationException">A store in memory, which no other command would ever see.</exception>
    public static IJobStore Create(StoreAddress address, string name, TimeProvider time) => address.Path is { } path
        ? new SqliteJobStore(path, name, time)
        : throw new DibsConfigurationException("store-unsupported", "memory: would keep jobs in this process only, where no other command sees them; give --store sqlite:PATH");
}
