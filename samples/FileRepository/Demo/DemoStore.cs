using Dibs;
using Dibs.Redis;

namespace FileRepository.Demo;

/// <summary>Where the demo keeps its jobs.</summary>
/// <param name="Place">What holds them, for people: a file, or keys.</param>
/// <param name="Options">How the command line is told to look there.</param>
/// <param name="Namespace">The separate world in the store.</param>
/// <param name="Use">Tells Dibs.</param>
internal sealed record DemoStore(string Place, string Options, string Namespace, Action<DibsBuilder> Use)
{
    private const string DefaultNamespace = "default";

    /// <param name="file">The store.</param>
    /// <param name="isNamespaceSet">Whether the environment may tell the command line to look in another namespace than the default one.</param>
    public static DemoStore InFile(string file, bool isNamespaceSet) => new(
        file, $"--store sqlite:{file}{(isNamespaceSet ? $" --namespace {DefaultNamespace}" : "")}", DefaultNamespace, dibs => dibs.UseSqlite(Path.GetFullPath(file)));

    /// <summary>A namespace of its own, so that nothing else on that Redis is touched.</summary>
    /// <param name="url">The address.</param>
    /// <param name="password">The password, if the address has none.</param>
    /// <exception cref="DibsConfigurationException">The address is malformed.</exception>
    public static DemoStore OnRedis(string url, string? password)
    {
        var address = RedisAddress.Parse(url).WithFilesFrom(Environment.CurrentDirectory);
        address = address with { Password = address.Password ?? password };
        var name = $"demo-{Guid.CreateVersion7():N}";
        // Without the password: it does not belong on a screen.
        return new($"{address.Prefix}{{dibs:{name}}}:*", $"--store {address} --namespace {name}", name, dibs => dibs.UseRedis(address));
    }
}
