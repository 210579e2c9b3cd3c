using Dibs.Cli.Input;
using Dibs.Stores;

namespace Dibs.Cli.Frame;

/// <summary>Makes the store of an address, not yet opened. Tests bring a store of their own.</summary>
internal delegate IJobStore CreateStore(StoreAddress address, string name, TimeProvider time);

/// <summary>The stores of the command line.</summary>
internal static class CliStores
{
    public static IJobStore Create(StoreAddress address, string name, TimeProvider time) =>
        throw new DibsConfigurationException("store-unsupported", $"{address}");
}
