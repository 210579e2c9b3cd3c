using Microsoft.AspNetCore.Http.Extensions;

namespace WebApp;

public sealed class Pages(IConfiguration configuration, IHostEnvironment environment)
{
    public string Greet(string name) => $"{configuration["Greeting"]} {name}{configuration["Punctuation"]}";

    public string Environment() => $"{environment.EnvironmentName} {Path.GetFileName(environment.ContentRootPath.TrimEnd('/'))}";

    /// <summary>Needs the shared framework of ASP.NET Core.</summary>
    public static string Query(string name) => new QueryBuilder { { "name", name } }.ToString();
}
