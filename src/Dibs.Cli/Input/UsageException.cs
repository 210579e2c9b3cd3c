namespace Dibs.Cli.Input;

/// <summary>The command line was written wrongly: exit 2. The message says what is wrong and what to write instead.</summary>
internal sealed class UsageException(string message) : Exception(message);
