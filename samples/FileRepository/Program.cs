using Dibs;
using FileRepository.Demo;
using Spectre.Console;

const string Usage = "usage: ./demo [--redis URL]   (the files in artifacts/demo; the jobs there on the embedded store, or on Redis in a namespace of their own; a password may be in DIBS_REDIS_PASSWORD)";

// As the command line: sysexits.h.
const int Unavailable = 69;
const int BadConfiguration = 78;

if (args is ["--help" or "-h"])
{
    Console.WriteLine(Usage);
    return 0;
}
if (args is not ([] or ["--redis", _]))
{
    Console.Error.WriteLine($"demo: {(args is ["--redis"] ? "--redis needs an address" : $"'{args.Last()}' is not understood")}; {Usage}");
    return 2;
}

// A pipe gets plain text, whatever TERM says.
var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect });
try
{
    var directory = Path.Combine("artifacts", "demo");
    var isNamespaceSet = new[] { "DIBS_NAMESPACE", "DIBS_SETTINGS" }.Any(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 });
    var store = args is ["--redis", var url]
        ? DemoStore.OnRedis(url, Environment.GetEnvironmentVariable("DIBS_REDIS_PASSWORD"))
        : DemoStore.InFile(Path.Combine(directory, "jobs.db"), isNamespaceSet);
    return await new DemoRun(console, directory, store).RunAsync() ? 0 : 1;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("demo: interrupted; the jobs that ran were stopped");
    return 130;
}
catch (Exception failure) when (failure is DemoException or DibsException)
{
    Console.Error.WriteLine($"demo: {failure.Message}");
    return failure switch
    {
        DibsConfigurationException => BadConfiguration,
        StoreException => Unavailable,
        _ => 1,
    };
}
