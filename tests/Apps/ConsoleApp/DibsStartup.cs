using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ConsoleApp;

public static class DibsStartup
{
    public static void Configure(IHostApplicationBuilder builder) => builder.Services.AddSingleton<IPrices, FixedPrices>().AddScoped<Shop>();
}
