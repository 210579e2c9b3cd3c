namespace Dibs.Cli.Input;

/// <summary>The file of <c>--password-file</c>: its first line is the password, so that no list of processes shows it.</summary>
internal static class PasswordFile
{
    /// <exception cref="DibsConfigurationException">It cannot be read, or its first line is empty.</exception>
    public static string Read(string path)
    {
        path = Path.GetFullPath(path);
        var text = SmallFile.Read(path, "password");
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        var password = end < 0 ? text : text[..end];
        return password.Length > 0
            ? password
            : throw SmallFile.Refused("password", path, "has an empty first line; write the password there, or leave out --password-file");
    }
}
