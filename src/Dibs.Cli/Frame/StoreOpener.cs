using Dibs.Cli.Input;
using Dibs.Stores;

namespace Dibs.Cli.Frame;

/// <summary>Makes the store of an address. Tests bring a store of their own.</summary>
internal delegate IJobStore CreateStore(StoreAddress address, string name, TimeProvider time);
