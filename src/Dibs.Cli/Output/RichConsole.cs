using System.Text;
using Dibs.Cli.Frame;
using Spectre.Console;

namespace Dibs.Cli.Output;

/// <summary>Makes the console that draws on a terminal.</summary>
internal static class RichConsole
{
    /// <summary>The style of that name; plain for none.</summary>
    public static Style Style(string name) => name.Length == 0 ? Spectre.Console.Style.Plain : Spectre.Console.Style.Parse(name);

    public static IAnsiConsole Create(Terminal terminal, TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = terminal.IsPlain ? AnsiSupport.No : AnsiSupport.Yes,
            ColorSystem = terminal.Color ? ColorSystemSupport.EightBit : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new Surface(writer, terminal.Size()),
        });
        console.Profile.Capabilities.Unicode = true;
        return console;
    }

    /// <summary>The ready-made one asks the console of .NET, which then switches the keys of the terminal: see <see cref="DescriptorStream"/>.</summary>
    private sealed class Surface(TextWriter writer, WindowSize size) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => true;

        public int Width => size.Columns;

        public int Height => size.Rows;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
