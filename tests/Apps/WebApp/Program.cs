var builder = WebApplication.CreateBuilder(args);
WebApp.DibsStartup.Configure(builder);
var app = builder.Build();
app.MapGet("/", (WebApp.Pages pages) => pages.Greet("web"));
app.Run();
