namespace Dibs;

/// <summary>Settings of the client, and of what workers do for all: the configuration section <c>Dibs</c>. Checked when the application starts.</summary>
public sealed class DibsOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Dibs";

    /// <summary>The separate world in the store that jobs live in. Default <c>default</c>; 1 to 256 bytes of UTF-8.</summary>
    public string Namespace { get; set; } = "default";

    /// <summary>How long final jobs are kept. Workers of one namespace should agree: the smallest wins.</summary>
    public RetentionOptions Retention { get; } = new();
}

/// <summary>How long final jobs are kept: until either limit is reached.</summary>
public sealed class RetentionOptions
{
    /// <summary>At most so long. Default 7 days; from 60 seconds up, because that long every step can be repeated.</summary>
    public TimeSpan Age { get; set; } = TimeSpan.FromDays(7);

    /// <summary>At most so many per namespace. Default 100,000; from 0 up. Those that ended in the last 60 seconds stay all the same.</summary>
    public int Count { get; set; } = 100_000;
}
