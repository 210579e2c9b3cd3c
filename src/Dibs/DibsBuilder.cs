using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Dibs.Clients;
using Dibs.Stores;
using Dibs.Stores.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace Dibs;

/// <summary>What <c>AddDibs</c> lets one set up. Calls add up over several <c>AddDibs</c>; the last store wins, so that a test can replace it.</summary>
public sealed class DibsBuilder
{
    private readonly DibsSetup _setup;

    internal DibsBuilder(IServiceCollection services, DibsSetup setup)
    {
        Services = services;
        _setup = setup;
    }

    /// <summary>The services of the application.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Keeps jobs in the store that <paramref name="create"/> makes, from the services and the namespace. It is called
    /// once; the store is opened at the start of the application, or at the first use of the client if that is earlier,
    /// and disposed with the services. A relative path is meant from the content root (<c>IHostEnvironment</c>).
    /// </summary>
    public DibsBuilder UseStore(Func<IServiceProvider, string, IJobStore> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        _setup.CreateStore = create;
        return this;
    }

    /// <summary>Keeps jobs in the memory of this process, for tests and throw-away work: they are gone when it ends.</summary>
    public DibsBuilder UseMemory() =>
        UseStore((services, @namespace) => new MemoryJobStore(@namespace, services.GetRequiredService<TimeProvider>()));

    /// <summary>
    /// Jobs may call the public methods of public types in these assemblies, and of no others. Default: the entry assembly
    /// and its project references, as the <c>.deps.json</c> file beside it names them; the entry assembly alone where there
    /// is no such file (single-file applications).
    /// </summary>
    [RequiresUnreferencedCode("Methods are found by reflection.")]
    public DibsBuilder AddMethodsFrom(params Assembly[] assemblies)
    {
        ArgumentNullException.ThrowIfNull(assemblies);
        _setup.Assemblies.UnionWith(assemblies);
        return this;
    }

    /// <summary>
    /// This process knows no methods: it enqueues by name and checks only the form of names, and runs nothing but
    /// commands. For programs that hand in jobs of other applications.
    /// </summary>
    public DibsBuilder WithoutMethods()
    {
        _setup.NamesOnly = true;
        return this;
    }

    /// <summary>Changes the settings, after the configuration section <c>Dibs</c> was read.</summary>
    public DibsBuilder Configure(Action<DibsOptions> configure)
    {
        Services.Configure(configure);
        return this;
    }
}
