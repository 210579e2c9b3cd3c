using System.Reflection;
using Dibs.Jobs;
using Dibs.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Dibs.Clients;

/// <summary>What the calls of <c>AddDibs</c> have asked for.</summary>
internal sealed class DibsSetup
{
    public Func<IServiceProvider, string, IJobStore>? CreateStore { get; set; }
    public HashSet<Assembly> Assemblies { get; } = [];
    public bool NamesOnly { get; set; }

    /// <exception cref="DibsConfigurationException">No store was chosen.</exception>
    public IJobStore Store(IServiceProvider services)
    {
        var create = CreateStore ?? throw new DibsConfigurationException("no-store",
            "No store was chosen. Call UseSqlite(\"jobs.db\") in AddDibs (package Dibs.Sqlite), or UseMemory() for jobs that end with the process.");
        return create(services, services.GetRequiredService<IOptions<DibsOptions>>().Value.Namespace);
    }

    /// <exception cref="DibsConfigurationException">Two methods have the same name.</exception>
    public MethodCatalog Catalog() => new(NamesOnly ? [] : Assemblies.Count > 0 ? Assemblies : ApplicationAssemblies.Default);
}
