using Dibs;
using FileRepository.Demo;
using Spectre.Console;

const string Usage = "usage: ./demo   (on the embedded store, in artifacts/demo; no options yet)";

if (args is ["--help" or "-h"])
{
    Console.WriteLine(Usage);
    return 0;
}
if (args.Length > 0)
{
    Console.Error.WriteLine($"demo: unknown argument '{args[0]}'; {Usage}");
    return 2;
}

// A pipe gets plain text, whatever TERM says.
var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect });
try
{
    return await new DemoRun(console, Path.Combine("artifacts", "demo")).RunAsync() ? 0 : 1;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("demo: interrupted; the jobs that ran were stopped");
    return 130;
}
catch (Exception failure) when (failure is DemoException or DibsException)
{
    Console.Error.WriteLine($"demo: {failure.Message}");
    return 1;
}
