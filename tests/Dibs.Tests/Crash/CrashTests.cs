namespace Dibs.Tests.Crash;

/// <summary>Tests that kill and freeze processes measure leases, so nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class CrashTests
{
    public const string Name = "Crash";
}
