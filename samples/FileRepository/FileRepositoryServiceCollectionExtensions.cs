using FileRepository;
using FileRepository.Storing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the file repository to an application.</summary>
public static class FileRepositoryServiceCollectionExtensions
{
    /// <summary>The storage below a directory, and what works on it. If a <see cref="Journal"/> is registered, they write it.</summary>
    public static IServiceCollection AddFileRepository(this IServiceCollection services, string root) => services
        .AddSingleton(provider => new Storage(root, journal: provider.GetService<Journal>()))
        .AddScoped<Publisher>();
}
