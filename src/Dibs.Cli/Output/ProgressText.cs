namespace Dibs.Cli.Output;

/// <summary>How far a phase is, in one line.</summary>
internal static class ProgressText
{
    public static string Of(ProgressRecord phase)
    {
        var count = phase.Total is { } total ? $"{phase.Done}/{total}" : phase.Done > 0 ? $"{phase.Done}" : "";
        return string.Join(' ', new[] { phase.Message, count, phase.Suffix, phase.State == "running" ? null : $"({phase.State})" }.Where(part => !string.IsNullOrEmpty(part)));
    }
}
