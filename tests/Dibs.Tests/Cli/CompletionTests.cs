using System.Globalization;
using System.Text;

namespace Dibs.Tests.Cli;

/// <summary>What <c>dibs completion</c> prints is loaded into the shell, which is asked as it asks itself on TAB.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly CliProcess _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Completion_of_bash_works()
    {
        var script = new StringBuilder("source <(dibs completion bash)\nCOMP_WORDBREAKS=$' \\t\\n=:'\n");
        var lines = new[]
        {
            "dibs enq", "dibs enqueue --exc", "dibs jobs --state ru", "dibs jobs --state=ru", "dibs worker --on-store-loss w", "dibs jobs --pass", "dibs completion z",
            // What follows a -- is left to bash.
            "dibs enqueue -- cat --i",
        };
        foreach (var line in lines)
        {
            script.AppendLine(CultureInfo.InvariantCulture, $"COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}; COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); COMPREPLY=(); _dibs");
            script.AppendLine("echo \"=${COMPREPLY[*]}\"");
        }
        Assert.Equal(["=enqueue", "=--exclusive", "=running", "=running", "=wait", "=--password-file", "=zsh", "="], (await _cli.ShellAsync(script.ToString())).Lines);
    }

    [Fact]
    public async Task Completion_of_zsh_works()
    {
        if ((await _cli.ShellAsync("zsh -f -c 'zmodload zsh/zpty'")).Exit != 0)
            Assert.Skip("there is no zsh with zpty");
        // A zsh on a terminal of its own; it shows of a word what it adds to it.
        await File.WriteAllTextAsync(_cli.File("script"), """
            zmodload zsh/zpty
            zpty shell 'TERM=dumb PS1= zsh -f -i'
            zpty -w shell 'autoload -Uz compinit; compinit -u -D; bindkey "^I" complete-word; source <(dibs completion zsh); print READ"Y"'
            zpty -r shell seen '*READY*'
            tab() { zpty -w -n shell "$1"$'\t'; zpty -r shell seen "*$2*"; zpty -w -n shell $'\x15'; print "$1+$2"; }
            tab 'dibs enq' 'ueue '
            tab 'dibs jobs --state ru' 'nning '
            tab 'dibs jobs --state=ru' 'nning '
            tab 'echo; ./bin/dibs worker --on-store-loss w' 'ait '
            tab 'dibs worker --app /et' 'c/'
            tab 'dibs enqueue -- cat /et' 'c/'
            zpty -d shell
            """, TestContext.Current.CancellationToken);
        var result = await _cli.ShellAsync("timeout 60 zsh -f script");
        Assert.True(result.Lines.Length == 6, result.Out + result.Error);
    }
}
