using Dibs.Cli.Frame;

using var terminal = Terminal.OfProcess();
using var interrupts = Interrupts.OfProcess();
return await DibsCommandLine.RunAsync(args, terminal, CliStores.Create, interrupts);
