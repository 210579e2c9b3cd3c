using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Dibs.Cli.Apps;

/// <summary>Makes the host in which the jobs of applications run: their settings, and what their <c>DibsStartup</c> adds.</summary>
internal static class AppHost
{
    private const string StartupType = "DibsStartup";
    private const string StartupMethod = "Configure";

    /// <summary>A host whose content root is the directory of the first application.</summary>
    public static HostApplicationBuilder CreateBuilder(AppFiles apps)
    {
        var environment = Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environments.Production;
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings
        {
            // Our own configuration and logging instead: the command line is no part of the application.
            DisableDefaults = true,
            ApplicationName = apps.IsEmpty ? null : apps.Names.First(),
            ContentRootPath = apps.IsEmpty ? Directory.GetCurrentDirectory() : apps.Directories.First(),
            EnvironmentName = environment,
        });
        foreach (var directory in apps.Directories)
        {
            AddSettings(builder, Path.Combine(directory, "appsettings.json"));
            AddSettings(builder, Path.Combine(directory, $"appsettings.{environment}.json"));
        }
        builder.Configuration.AddEnvironmentVariables();
        return builder;
    }

    /// <summary>Calls <c>public static void DibsStartup.Configure(IHostApplicationBuilder)</c> of each application that has it.</summary>
    /// <exception cref="DibsConfigurationException">It has another form, or throws.</exception>
    public static void CallStartups(AppSet apps, IHostApplicationBuilder builder)
    {
        foreach (var type in apps.Assemblies.SelectMany(assembly => assembly.GetExportedTypes()).Where(type => type.Name == StartupType))
        {
            var method = type.GetMethod(StartupMethod, BindingFlags.Public | BindingFlags.Static, [typeof(IHostApplicationBuilder)])
                ?? throw Failed(type, $"has no method 'public static void {StartupMethod}({nameof(IHostApplicationBuilder)} builder)'; add it, or rename the class");
            try
            {
                method.Invoke(null, BindingFlags.DoNotWrapExceptions, binder: null, [builder], culture: null);
            }
            catch (Exception failure)
            {
                // It is the application's own code: anything may come out of it.
                throw Failed(type, $"threw {failure.GetType().Name}: {failure.Message.TrimEnd('.')}; mend it, then start the worker again", failure);
            }
        }
    }

    private static void AddSettings(HostApplicationBuilder builder, string file)
    {
        try
        {
            builder.Configuration.AddJsonFile(file, optional: true, reloadOnChange: false);
        }
        catch (InvalidDataException failure)
        {
            throw new DibsConfigurationException("app-settings", $"the settings file {file} cannot be read: {failure.InnerException?.Message ?? failure.Message}", failure);
        }
    }

    private static DibsConfigurationException Failed(Type type, string what, Exception? inner = null) =>
        new("app-startup", $"{type.FullName} of {type.Assembly.GetName().Name} {what}", inner);
}
