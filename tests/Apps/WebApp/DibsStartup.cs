namespace WebApp;

public static class DibsStartup
{
    public static void Configure(IHostApplicationBuilder builder) => builder.Services.AddScoped<Pages>();
}
