using Dibs.Redis;

namespace Dibs.Tests.Redis;

public class AddressTests
{
    [Theory]
    [InlineData("redis://h", "redis://h:6379/0")]
    [InlineData("redis://h/", "redis://h:6379/0")]
    [InlineData("redis://h:6380/3", "redis://h:6380/3")]
    [InlineData("redis://ann:secret@h:6380/3", "redis://h:6380/3")]
    [InlineData("redis://:secret@h", "redis://h:6379/0")]
    [InlineData("redis://[::1]", "redis://[::1]:6379/0")]
    [InlineData("redis://[2001:db8::7]:7000/1", "redis://[2001:db8::7]:7000/1")]
    [InlineData("redis://127.0.0.1", "redis://127.0.0.1:6379/0")]
    [InlineData("rediss://h", "rediss://h:6379/0")]
    [InlineData("rediss://h?ca=/etc/ca.pem&cert=c.pem&key=k.pem", "rediss://h:6379/0")]
    [InlineData("redis://h?prefix=a%20b:", "redis://h:6379/0?prefix=a%20b%3A")]
    [InlineData("redis+sentinel://h1,h2:26380/main", "redis+sentinel://h1:26379,h2:26380/main/0")]
    [InlineData("redis+sentinel://ann:secret@h1,[::1]:1/main/5", "redis+sentinel://h1:26379,[::1]:1/main/5")]
    [InlineData("rediss+sentinel://h1/main", "rediss+sentinel://h1:26379/main/0")]
    [InlineData("redis+cluster://h1,h2:7001", "redis+cluster://h1:6379,h2:7001")]
    [InlineData("redis+cluster://h1/0", "redis+cluster://h1:6379")]
    [InlineData("rediss+cluster://ann:secret@h1,h2", "rediss+cluster://h1:6379,h2:6379")]
    public void Every_form_is_read_and_shown_without_its_secrets(string text, string shown) => Assert.Equal(shown, RedisAddress.Parse(text).ToString());

    [Theory]
    [InlineData("redis://ann:secret@h", "ann", "secret")]
    [InlineData("redis://:secret@h", null, "secret")]
    [InlineData("redis://ann@h", "ann", null)]
    [InlineData("redis://ann:@h", "ann", null)]
    [InlineData("redis://h", null, null)]
    [InlineData("redis://a%40b:s%2Fe%3Ac%25%C3%A9t@h", "a@b", "s/e:c%ét")]
    [InlineData("redis://ann:s+e c@h", "ann", "s+e c")]
    public void User_and_password_are_decoded(string text, string? user, string? password)
    {
        var address = RedisAddress.Parse(text);
        Assert.Equal((user, password), (address.User, address.Password));
    }

    [Fact]
    public void Files_and_prefix_are_decoded()
    {
        var address = RedisAddress.Parse("rediss://h?prefix=app%3A&ca=/a%20b/ca.pem&cert=c&key=k");
        Assert.Equal(("app:", "/a b/ca.pem", "c", "k"), (address.Prefix, address.CaFile, address.CertificateFile, address.KeyFile));
    }

    [Fact]
    public void A_sentinel_address_names_the_service()
    {
        var address = RedisAddress.Parse("redis+sentinel://h1,h2/my%20main/5");
        Assert.Equal((RedisMode.Sentinel, "my main", 5), (address.Mode, address.Service, address.Database));
        Assert.Equal([new("h1", 26379), new("h2", 26379)], address.Hosts);
    }

    [Theory]
    [InlineData("", "is none of Redis; write redis://")]
    [InlineData("h:6379", "is none of Redis")]
    [InlineData("redis:h", "is none of Redis")]
    [InlineData("redis:/h", "is none of Redis")]
    [InlineData("REDIS://h", "is none of Redis")]
    [InlineData("redis+tls://h", "is none of Redis")]
    [InlineData("postgres://ann:secret@h", "is none of Redis")]
    [InlineData("redis://", "has an empty host")]
    [InlineData("redis:///3", "has an empty host")]
    [InlineData("redis://:secret@", "has an empty host")]
    [InlineData("redis://:secret@:6379", "has an empty host")]
    [InlineData("redis+cluster://h1,,h2", "has an empty host")]
    [InlineData("redis+sentinel://h1,/main", "has an empty host")]
    [InlineData("redis://h h", "neither a host name nor an IP address")]
    [InlineData("redis://h*", "neither a host name nor an IP address")]
    [InlineData("redis://::1", "in brackets")]
    [InlineData("redis://[::1", "brackets that hold no IPv6 address")]
    [InlineData("redis://[h]", "brackets that hold no IPv6 address")]
    [InlineData("redis://[::1]6379", "something other than a port after a bracket")]
    [InlineData("redis://h1,h2", "names 2 hosts; write one host, or redis+sentinel://")]
    [InlineData("redis://h:0", "has the port 0; the limit is 1 to 65535")]
    [InlineData("redis://h:65536", "has the port 65536; the limit is 1 to 65535")]
    [InlineData("redis://h:99999999999", "has the port 99999999999, which is too large")]
    [InlineData("redis://h:", "has a port that is no number; use 1 to 65535, usually 6379")]
    [InlineData("redis://h:-1", "has a port that is no number")]
    [InlineData("redis://h:secret", "has a port that is no number")]
    [InlineData("redis://h/main", "has a database that is no number")]
    [InlineData("redis://h/-1", "has a database that is no number")]
    [InlineData("redis://h/99999999999", "has the database 99999999999, which is too large; use 0 to 15")]
    [InlineData("redis://h/1/2", "has a path of too many parts")]
    [InlineData("redis+sentinel://h1,h2", "does not name the service that the sentinels watch; write redis+sentinel://HOST,HOST/SERVICE")]
    [InlineData("redis+sentinel://h1/", "does not name the service")]
    [InlineData("redis+sentinel://h1/main/x", "has a database that is no number")]
    [InlineData("redis+sentinel://h1/main/1/2", "has a path of too many parts")]
    [InlineData("redis://ann:secret@more@h", "has an '@' too many")]
    [InlineData("redis://:12/34secret@h", "has an '@' too many; in a user, a password and an option write '@' as %40")]
    [InlineData("redis://:secret?x@h", "has an '@' too many")]
    [InlineData("redis://:secret#x@h", "has a '#' in it")]
    [InlineData("redis://ann:secret:x@h", "has a ':' too many before the '@'")]
    [InlineData("redis://:secret%@h", "a password with a '%' that begins no two hexadecimal digits")]
    [InlineData("redis://:secret%4@h", "write a percent sign as %25")]
    [InlineData("redis://:secret%zz@h", "a password with a '%'")]
    [InlineData("redis://:secret%ff@h", "a password with a '%'")]
    [InlineData("redis://secret%:x@h", "a user with a '%'")]
    [InlineData("redis://h?prefx=a", "has an unknown option 'prefx'; did you mean 'prefix'?")]
    [InlineData("rediss://h?cart=a", "has an unknown option 'cart'; did you mean 'cert'?")]
    [InlineData("redis://h?password=secret", "has an unknown option 'password'; known are ca, cert, key, prefix")]
    [InlineData("redis://h?secret", "has an option without a value; write NAME=VALUE")]
    [InlineData("redis://h?prefix=a&&", "has an option without a value")]
    [InlineData("redis://h?prefix=a&prefix=b", "has the option 'prefix' twice")]
    [InlineData("rediss://h?ca=", "has an empty option 'ca'; write ca=FILE")]
    [InlineData("rediss://h?ca=%", "the option 'ca' with a '%'")]
    [InlineData("redis://h?prefix=a{b", "has a brace in its prefix")]
    [InlineData("redis://h?prefix=a%7Db", "has a brace in its prefix")]
    [InlineData("redis://h?prefix=a%0Ab", "has a control character in its prefix")]
    [InlineData("redis://h?ca=ca.pem", "names certificate files and does not ask for TLS; write rediss://")]
    [InlineData("redis://h?cert=c&key=k", "does not ask for TLS")]
    [InlineData("rediss://h?cert=c", "names a client certificate and no key; give both")]
    [InlineData("rediss://h?key=k", "names a client key and no certificate; give both")]
    public void A_malformed_address_is_refused_with_reason_and_remedy_and_without_its_secret(string text, string reason)
    {
        var error = Assert.Throws<DibsConfigurationException>(() => RedisAddress.Parse(text));
        Assert.Equal("store-malformed", error.Code);
        Assert.StartsWith("the store address ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.Null(error.InnerException);
    }

    [Fact]
    public void A_prefix_over_the_limit_is_refused() =>
        Assert.Contains("has a prefix of 257 bytes; the limit is 256", Refusal($"redis://h?prefix={new string('x', 257)}").Message, StringComparison.Ordinal);

    [Fact]
    public void A_cluster_has_only_database_0()
    {
        var error = Refusal("redis+cluster://h/1");
        Assert.Equal("store-cluster-database", error.Code);
        Assert.Contains("names database 1, and a cluster has only database 0; leave it out", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_from_elsewhere_are_added_and_never_shown()
    {
        var address = RedisAddress.Parse("rediss://h/2") with { User = "ann", Password = "secret", CaFile = "ca.pem" };
        Assert.Equal(("ann", "secret", "ca.pem"), (address.User, address.Password, address.CaFile));
        Assert.Equal("rediss://h:6379/2", address.ToString());
        Assert.Equal("rediss://h:6379/2", $"{address}");
    }

    [Fact]
    public void An_address_put_together_is_held_to_the_same_rules()
    {
        Assert.Contains("names no host", Assert.Throws<DibsConfigurationException>(() => new RedisAddress { Hosts = [] }.Checked()).Message, StringComparison.Ordinal);
        var address = new RedisAddress { Hosts = [new("h", 6379)], CaFile = "ca.pem" };
        Assert.Contains("does not ask for TLS", Assert.Throws<DibsConfigurationException>(address.Checked).Message, StringComparison.Ordinal);
        Assert.Equal("rediss://h:6379/0", (address with { Tls = true }).Checked().ToString());
    }

    [Fact]
    public void Files_are_meant_from_a_directory()
    {
        var address = RedisAddress.Parse("rediss://h?ca=ca.pem&cert=/etc/c.pem&key=k.pem").WithFilesFrom("/srv/app");
        Assert.Equal(("/srv/app/ca.pem", "/etc/c.pem", "/srv/app/k.pem"), (address.CaFile, address.CertificateFile, address.KeyFile));
    }

    [Theory]
    [InlineData("cache:6380,password=secret,defaultDatabase=2", "redis://cache:6380/2")]
    [InlineData("cache,user=ann,password=secret,ssl=true", "rediss://cache:6380/0")]
    [InlineData("h1,h2,serviceName=main,password=secret", "redis+sentinel://h1:26379,h2:26379/main/0")]
    [InlineData("h1:7000,h2:7001,password=secret", "redis+cluster://h1:7000,h2:7001")]
    public void A_connection_string_is_read_and_shown_without_its_secrets(string text, string shown)
    {
        var address = RedisAddress.FromConnectionString(text);
        Assert.Equal("secret", address.Password);
        Assert.Equal(shown, address.ToString());
    }

    [Theory]
    [InlineData("cache,pasword=secret")]
    [InlineData("cache,connectTimeout=secret")]
    [InlineData("password=secret")]
    public void A_bad_connection_string_is_refused_without_its_secret(string text)
    {
        var error = Assert.Throws<DibsConfigurationException>(() => RedisAddress.FromConnectionString(text));
        Assert.Equal("store-malformed", error.Code);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.Null(error.InnerException);
    }

    [Theory]
    [InlineData("redis://h", true)]
    [InlineData("rediss+cluster://h", true)]
    [InlineData("postgres://h", true)]
    [InlineData("redis,password=a://b", false)]
    [InlineData("redis:6379", false)]
    public void A_url_is_told_from_a_connection_string(string text, bool isUrl) => Assert.Equal(isUrl, RedisAddress.IsUrl(text));

    private static DibsConfigurationException Refusal(string text) => Assert.Throws<DibsConfigurationException>(() => RedisAddress.Parse(text));
}
