namespace Dibs.Redis;

/// <summary>How the servers of a store are found.</summary>
public enum RedisMode
{
    /// <summary>One server, by its address.</summary>
    Standalone,

    /// <summary>The primary that the sentinels name, followed when they make another one the primary.</summary>
    Sentinel,

    /// <summary>The server of a cluster that has the namespace, followed when it moves.</summary>
    Cluster,
}
