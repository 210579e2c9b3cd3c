using Dibs.Cli.Input;

namespace Dibs.Tests.Cli;

public class StoreAddressTests
{
    [Theory]
    [InlineData("sqlite:/srv/jobs.db", "/srv/jobs.db")]
    [InlineData("sqlite:", "/data/dibs/dibs.db")]
    public void An_address_names_a_file(string text, string path) => Assert.Equal(path, Parse(text, ("XDG_DATA_HOME", "/data")).Path);

    [Fact]
    public void A_relative_path_is_meant_from_the_current_directory() => Assert.Equal(Path.GetFullPath("jobs.db"), Parse("sqlite:jobs.db").Path);

    [Fact]
    public void Without_a_data_directory_it_is_the_one_in_the_home() => Assert.Equal("/home/ann/.local/share/dibs/dibs.db", Default(("HOME", "/home/ann")).Path);

    [Fact]
    public void A_relative_data_directory_is_ignored() =>
        Assert.Equal("/home/ann/.local/share/dibs/dibs.db", Default(("HOME", "/home/ann"), ("XDG_DATA_HOME", "data")).Path);

    [Fact]
    public void A_relative_path_is_meant_from_the_directory_that_is_given() =>
        Assert.Equal("/etc/dibs/jobs.db", StoreAddress.Parse("sqlite:jobs.db", _ => null, "/etc/dibs").Path);

    [Fact]
    public void Memory_is_a_store_without_a_file() => Assert.True(Parse("memory:").IsMemory);

    [Fact]
    public void Redis_has_an_address_of_its_own_and_its_files_full_paths()
    {
        var redis = StoreAddress.Parse("rediss://ann:secret@cache:7000/3?ca=ca.pem&cert=/c.pem&key=../key.pem", _ => null, "/etc/dibs").Redis!;
        Assert.Equal(("ann", "secret", 3, true), (redis.User, redis.Password, redis.Database, redis.Tls));
        Assert.Equal(("/etc/dibs/ca.pem", "/c.pem", "/etc/key.pem"), (redis.CaFile, redis.CertificateFile, redis.KeyFile));
    }

    [Theory]
    [InlineData("redis://ann:secret@cache")]
    [InlineData("rediss+cluster://:secret@a,b")]
    public void What_people_see_of_an_address_holds_no_secret(string text) => Assert.DoesNotContain("secret", $"{Parse(text)}", StringComparison.Ordinal);

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("jobs.db", "did you mean 'sqlite:jobs.db'?")]
    [InlineData("sqlite://jobs.db", "has '//'")]
    [InlineData("memory:x", "has something after")]
    [InlineData("postgres://ann:secret@host/db", "'postgres:'")]
    [InlineData("redsi://ann:secret@host/0", "did you mean 'redis'?")]
    [InlineData("redis:ann:secret@host", "is none of Redis")]
    [InlineData("redis+clustr://ann:secret@a,b", "is none of Redis")]
    [InlineData("redis://ann:secret@host?cq=x", "did you mean 'ca'?")]
    [InlineData("redis://ann:secret@host:99999", "99999")]
    [InlineData("redis://ann:secret@host/x", "no number")]
    public void A_bad_address_is_refused_with_its_reason_and_without_its_secret(string text, string reason)
    {
        var message = Assert.Throws<DibsConfigurationException>(() => Parse(text)).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
    }

    private static StoreAddress Parse(string text, params (string Name, string Value)[] variables) => StoreAddress.Parse(text, Variable(variables));

    private static StoreAddress Default(params (string Name, string Value)[] variables) => StoreAddress.Default(Variable(variables));

    private static Func<string, string?> Variable((string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(variable => variable.Name == name).Value;
}
