using Dibs.Cli.Input;

namespace Dibs.Tests.Cli;

public class StoreAddressTests
{
    [Theory]
    [InlineData("sqlite:/srv/jobs.db", "/srv/jobs.db")]
    [InlineData("sqlite:", "/data/dibs/dibs.db")]
    [InlineData(null, "/data/dibs/dibs.db")]
    public void An_address_names_a_file(string? text, string path) => Assert.Equal(path, Parse(text, ("XDG_DATA_HOME", "/data")).Path);

    [Fact]
    public void A_relative_path_is_meant_from_the_current_directory() => Assert.Equal(Path.GetFullPath("jobs.db"), Parse("sqlite:jobs.db").Path);

    [Fact]
    public void Without_a_data_directory_it_is_the_one_in_the_home() => Assert.Equal("/home/ann/.local/share/dibs/dibs.db", Parse(null, ("HOME", "/home/ann")).Path);

    [Fact]
    public void A_relative_data_directory_is_ignored() =>
        Assert.Equal("/home/ann/.local/share/dibs/dibs.db", Parse(null, ("HOME", "/home/ann"), ("XDG_DATA_HOME", "data")).Path);

    [Fact]
    public void Memory_is_a_store_without_a_file() => Assert.True(Parse("memory:").IsMemory);

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("jobs.db", "did you mean 'sqlite:jobs.db'?")]
    [InlineData("sqlite://jobs.db", "has '//'")]
    [InlineData("memory:x", "has something after")]
    [InlineData("postgres://ann:secret@host/db", "'postgres:'")]
    [InlineData("redis://ann:secret@host/0", "no Redis store")]
    [InlineData("rediss+cluster://ann:secret@a,b", "no Redis store")]
    public void A_bad_address_is_refused_with_its_reason_and_without_its_secret(string text, string reason)
    {
        var message = Assert.Throws<DibsConfigurationException>(() => Parse(text)).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
    }

    private static StoreAddress Parse(string? text, params (string Name, string Value)[] variables) =>
        StoreAddress.Parse(text, name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
