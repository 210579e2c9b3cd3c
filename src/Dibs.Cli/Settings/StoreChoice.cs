using Dibs.Cli.Input;

namespace Dibs.Cli.Settings;

/// <summary>Which store it is, of all that name one: the option, the environment, the settings file, the default; and whose password.</summary>
internal static class StoreChoice
{
    /// <param name="store">What <c>--store</c> says.</param>
    /// <param name="passwordFile">What <c>--password-file</c> says.</param>
    /// <param name="settings">The settings file.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <exception cref="DibsConfigurationException">The address is malformed, or the password cannot be read.</exception>
    /// <exception cref="UsageException">A password for a store that takes none.</exception>
    public static StoreAddress Make(string? store, string? passwordFile, SettingsFile settings, Func<string, string?> variable)
    {
        var given = store is null ? null : StoreAddress.Parse(store, variable);
        var address = given
            ?? (NotEmpty(variable("DIBS_STORE")) is { } text ? StoreAddress.Parse(text, variable) : null)
            ?? settings.Store
            ?? StoreAddress.Default(variable);
        if (address.Redis is { } redis)
        {
            var password = passwordFile is not null ? PasswordFile.Read(passwordFile) : given?.Redis?.Password ?? NotEmpty(variable("DIBS_REDIS_PASSWORD")) ?? redis.Password;
            return address with { Redis = redis with { Password = password } };
        }
        return passwordFile is null ? address
            : throw new UsageException($"--password-file is for Redis, and the store is {address}; leave it out, or give --store redis://HOST");
    }

    private static string? NotEmpty(string? text) => text is "" ? null : text;
}
