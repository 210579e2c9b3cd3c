using System.Globalization;
using Dibs.Sqlite.Raw;

namespace Dibs.Sqlite.Files;

/// <summary>Creates the schema of a store file and brings an older one up to date. The version is in <c>user_version</c>.</summary>
internal static class Schema
{
    /// <summary>The newest version, which is the number of the last migration.</summary>
    public const int Version = 1;

    /// <summary>Brings the file to the newest version, in one transaction.</summary>
    /// <exception cref="DibsConfigurationException">The file is of a newer version. Nothing was changed.</exception>
    public static void Migrate(Connection sql, string path)
    {
        if (Read(sql, path) == Version)
            return;
        sql.Run("BEGIN EXCLUSIVE");
        for (var version = Read(sql, path) + 1; version <= Version; version++)
        {
            sql.RunScript(Sql.Read(string.Create(CultureInfo.InvariantCulture, $"migration-{version:D4}")));
            sql.RunScript(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {FileHeader.ApplicationId}; PRAGMA user_version = {version}"));
        }
        sql.Run("COMMIT");
    }

    private static int Read(Connection sql, string path)
    {
        var version = (int)sql.Scalar("PRAGMA user_version")!.Value;
        return version <= Version ? version : throw new DibsConfigurationException("store-newer-schema",
            $"The store file '{path}' has schema {version}, and this version of Dibs knows schemas up to {Version}; update Dibs.");
    }
}
