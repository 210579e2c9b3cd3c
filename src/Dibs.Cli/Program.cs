using Dibs.Cli.Frame;

using var terminal = Terminal.OfProcess();
using var interrupts = new Interrupts();
return await DibsCommandLine.RunAsync(args, terminal, StoreOpener.OfProcess, interrupts);
