namespace Dibs.Tests.Support;

/// <summary>Tests beside which no other test runs: they measure leases of real processes, or need the whole machine.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
