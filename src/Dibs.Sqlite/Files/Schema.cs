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
    public static void Migrate(Connection sql)
    {
        if (Read(sql) == Version)
            return;
        sql.Run("BEGIN EXCLUSIVE");
        for (var version = Read(sql) + 1; version <= Version; version++)
        {
            sql.RunScript(Sql.Read(string.Create(CultureInfo.InvariantCulture, $"migration-{version:D4}")));
            sql.RunScript(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {FileHeader.ApplicationId}; PRAGMA user_version = {version}"));
        }
        sql.Run("COMMIT");
    }

    /// <summary>Inside a transaction: that a newer Dibs has not migrated the file while it was open here.</summary>
    /// <exception cref="DibsConfigurationException">It has.</exception>
    public static void RequireKnown(Connection sql) => Read(sql);

    private static long Read(Connection sql)
    {
        var version = sql.Use(Sql.SchemaVersion).Scalar()!.Value;
        return version <= Version ? version : throw new DibsConfigurationException("store-newer-schema",
            $"The store file '{sql.Path}' has schema {version}, and this version of Dibs knows schemas up to {Version}; update Dibs.");
    }
}
