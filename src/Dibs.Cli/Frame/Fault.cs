using Dibs.Cli.Input;
using Dibs.Cli.Output;
using Microsoft.Extensions.Options;

namespace Dibs.Cli.Frame;

/// <summary>What became of a failure: its exit code, its stable name and one line for a person.</summary>
internal sealed record Fault(int Exit, string Code, string Message)
{
    /// <summary>The one place that maps kinds of errors to exit codes.</summary>
    public static Fault Of(Exception failure) => failure switch
    {
        UsageException => new Fault(ExitCode.Usage, "usage", failure.Message),
        JobRefusedException refused => new Fault(ExitCode.Usage, refused.Code, InOneLine(failure.Message)),
        JobConflictException conflict => new Fault(ExitCode.Conflict, conflict.Code, InOneLine(failure.Message)),
        DibsConfigurationException configuration => new Fault(ExitCode.Configuration, configuration.Code, InOneLine(failure.Message)),
        OptionsValidationException settings => new Fault(ExitCode.Configuration, "settings", string.Join("; ", settings.Failures)),
        StoreException store => new Fault(ExitCode.StoreFailed, store.Code, InOneLine(failure.Message)),
        JobFailedException job => new Fault(ExitCode.JobFailed, job.Code, failure.Message),
        JobCanceledException job => new Fault(ExitCode.JobCanceled, job.Code, failure.Message),
        IOException => new Fault(ExitCode.StoreFailed, "io", $"{failure.Message.TrimEnd('.')}; see that the disk is there and not full, and try again"),
        _ => new Fault(ExitCode.Bug, "bug",
            $"this is a bug ({failure.GetType().Name}: {failure.Message}); please report it with the output of the same command under --verbose"),
    };

    /// <summary>Says it: one line on stderr, and with <c>--json</c> a document on stdout.</summary>
    public void Report(Terminal terminal, bool json)
    {
        try
        {
            if (json)
                JsonOutput.Write(terminal.Out, new ErrorDocument(new ErrorRecord(Code, Printable.Line(Message))), CliJson.Shared.ErrorDocument);
            terminal.Out.Flush();
        }
        catch (IOException)
        {
            // Nobody can be told on stdout any more; stderr is another stream.
        }
        terminal.Error.WriteLine($"dibs: {Printable.Line(Message)}");
    }

    /// <summary>The library speaks in sentences. Of these the last says what to do, which on the command line follows a semicolon.</summary>
    private static string InOneLine(string sentences)
    {
        var text = sentences.TrimEnd('.');
        var end = text.LastIndexOf(". ", StringComparison.Ordinal);
        // A point within a quoted value ends no sentence, and a word such as SQLite stays as it is.
        var isEnd = end > 0 && end + 3 < text.Length && char.IsUpper(text[end + 2]) && !char.IsUpper(text[end + 3]) && text.AsSpan(0, end).Count('\'') % 2 == 0;
        return isEnd ? $"{text[..end]}; {char.ToLowerInvariant(text[end + 2])}{text[(end + 3)..]}" : text;
    }
}
