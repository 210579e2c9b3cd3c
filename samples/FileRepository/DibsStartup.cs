using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FileRepository;

/// <summary>What the methods of this assembly need, for a worker that loads it: <c>dibs worker --app FileRepository.dll</c>.</summary>
public static class DibsStartup
{
    /// <summary>The storage is the directory named by the configuration value <c>FileRepository:Root</c>.</summary>
    public static void Configure(IHostApplicationBuilder builder)
    {
        var root = builder.Configuration["FileRepository:Root"]
            ?? throw new InvalidOperationException("FileRepository:Root is not set. Name the directory of the storage, for instance with FileRepository__Root=DIRECTORY in the environment.");
        builder.Services.AddFileRepository(root);
    }
}
