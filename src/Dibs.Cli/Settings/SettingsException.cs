namespace Dibs.Cli.Settings;

/// <summary>Something in a settings file is wrong. Whoever knows the file says which one.</summary>
internal sealed class SettingsException(int line, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The line of the file, from 1.</summary>
    public int Line => line;
}
