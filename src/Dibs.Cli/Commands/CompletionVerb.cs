using Dibs.Cli.Frame;
using Dibs.Cli.Input;

namespace Dibs.Cli.Commands;

/// <summary><c>dibs completion</c>: a script that lets a shell ask the command line what may come next.</summary>
internal sealed class CompletionVerb : Verb
{
    private static readonly string[] Shells = ["bash", "zsh", "pwsh"];

    public CompletionVerb() : base("completion", "bash|zsh|pwsh", "Print a completion script for a shell.", "source <(dibs completion bash)") => Offer(Shells);

    public override Task<int> RunAsync(Invocation run)
    {
        var shell = run.Operand("bash|zsh|pwsh");
        if (!Shells.Contains(shell))
            throw new UsageException($"'{shell}' is not a shell with completion here{OptionText.Meant(shell, Shells)}; write bash, zsh or pwsh");
        using var script = new StreamReader(typeof(CompletionVerb).Assembly.GetManifestResourceStream($"completion.{shell}")!);
        run.Terminal.Out.Write(script.ReadToEnd());
        return Task.FromResult(ExitCode.Done);
    }
}
