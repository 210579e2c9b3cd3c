using System.Text.Json.Serialization.Metadata;
using Dibs.Cli.Frame;

namespace Dibs.Cli.Output;

/// <summary>Says what was changed, and of what could not be changed why.</summary>
internal static class ChangeOutput
{
    /// <returns>The exit code.</returns>
    public static int Write<T>(
        Invocation run, IReadOnlyList<T> items, JsonTypeInfo<ChangeDocument<T>> jsonType, Listing listing, IReadOnlyList<ErrorRecord> refused, string whenEmpty)
    {
        if (run.Json)
            JsonOutput.Write(run.Terminal.Out, new ChangeDocument<T>(items, refused is [var first, ..] ? first : null), jsonType);
        else
            run.Write(listing, refused.Count == 0 ? whenEmpty : null);
        run.Terminal.Out.Flush();
        foreach (var refusal in refused)
            run.Terminal.Error.WriteLine($"dibs: {refusal.Message}");
        return refused.Count == 0 ? ExitCode.Done : ExitCode.Conflict;
    }
}
