using Dibs.Redis;
using Dibs.Tests.Redis.Servers;

namespace Dibs.Tests.Redis;

/// <summary>Ways into a protected server, and what a user is told who cannot get in.</summary>
public sealed class SecurityConnectTests : IDisposable
{
    private const string Secret = "p:ss w@rd/%?#";
    private const string Wrong = "WrongSecret";
    private static readonly TimeSpan ToldWithin = TimeSpan.FromSeconds(10);

    private readonly TestCertificates _certificates = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task A_password_lets_in_and_a_wrong_or_missing_one_does_not()
    {
        await using var server = await RedisServer.StartAsync(new() { Password = Secret });
        await AssertWorksAsync(server.AddressOf(null, Secret));
        await AssertRefusedAsync(server.AddressOf(null, Wrong), "store-password", server.EndPoint, "refused the password");
        await AssertRefusedAsync(server.AddressOf(null, null), "store-password", server.EndPoint, "asks for a password");
    }

    [Fact]
    public async Task A_user_lets_in_and_a_wrong_one_does_not()
    {
        await using var server = await RedisServer.StartAsync(new() { Users = ["default off", $"app on \">{Secret}\" ~* &* +@all"] });
        await AssertWorksAsync(server.AddressOf("app", Secret));
        await AssertRefusedAsync(server.AddressOf("app", Wrong), "store-password", server.EndPoint, "refused the user or the password");
        await AssertRefusedAsync(server.AddressOf("nobody", Secret), "store-password", server.EndPoint, "refused the user or the password");
    }

    [Fact]
    public async Task Tls_takes_the_authority_that_is_named_and_no_other()
    {
        await using var server = await RedisServer.StartAsync(new() { Tls = _certificates, Password = Secret });
        await AssertWorksAsync(server.AddressOf(null, Secret));
        await AssertRefusedAsync(server.AddressOf(null, Secret, $"?ca={_certificates.OtherAuthorityFile}"), "store-certificate", _certificates.OtherAuthorityFile);
        await AssertRefusedAsync(server.AddressOf(null, Secret, "/0"), "store-certificate", server.EndPoint, "?ca=");
    }

    [Fact]
    public async Task Tls_takes_no_certificate_of_another_host()
    {
        await using var server = await RedisServer.StartAsync(new() { Tls = _certificates, HasAnotherName = true });
        await AssertRefusedAsync(server.Address, "store-certificate", "127.0.0.1", "not for the host");
    }

    [Fact]
    public async Task A_client_certificate_is_shown_where_it_is_asked_for()
    {
        await using var server = await RedisServer.StartAsync(new() { Tls = _certificates, AsksClientCertificate = true });
        await AssertWorksAsync(server.AddressOf(null, null, With(_certificates.Client)));
        await AssertRefusedAsync(server.Address, "store-certificate", "client certificate", "?cert=");
        await AssertRefusedAsync(server.AddressOf(null, null, With(_certificates.StrangeClient)), "store-certificate", _certificates.StrangeClient.Certificate);
    }

    [Fact]
    public async Task Tls_at_a_plain_port_and_the_other_way_round_are_told_apart()
    {
        await using var plain = await RedisServer.StartAsync(new() { Password = Secret });
        await using var secure = await RedisServer.StartAsync(new() { Tls = _certificates, Password = Secret });
        var credentials = $":{Uri.EscapeDataString(Secret)}@";
        await AssertRefusedAsync($"rediss://{credentials}{plain.EndPoint}", "store-protocol", plain.EndPoint, "redis://");
        await AssertRefusedAsync($"redis://{credentials}{secure.EndPoint}", "store-protocol", secure.EndPoint, "rediss://");
    }

    [Fact]
    public async Task A_web_server_is_told_as_one()
    {
        await using var web = new WebServer();
        await AssertRefusedAsync($"redis://:{Wrong}@127.0.0.1:{web.Port}", "store-protocol", $"127.0.0.1:{web.Port}", "web server");
    }

    [Fact]
    public async Task A_host_that_does_not_exist_and_a_port_where_nobody_listens_are_named()
    {
        await AssertRefusedAsync($"redis://:{Wrong}@no-such-host.invalid", "store-unreachable", "no-such-host.invalid", "does not resolve");
        var port = LoopbackPorts.Next();
        await AssertRefusedAsync($"redis://:{Wrong}@127.0.0.1:{port}", "store-unreachable", $"127.0.0.1:{port}", "refused");
    }

    [Fact]
    public async Task A_server_that_speaks_only_the_older_protocol_is_as_good()
    {
        await using var server = await RedisServer.StartAsync(new() { OnlyResp2 = true, Password = Secret });
        await AssertWorksAsync(server.Address);
    }

    private string With(CertificateFiles client) => $"?ca={_certificates.AuthorityFile}&cert={client.Certificate}&key={client.Key}";

    private static async Task AssertWorksAsync(string address)
    {
        await using var scene = new WorkScene(address);
        var description = await scene.Store.OpenAsync(Token);
        Assert.DoesNotContain(Uri.EscapeDataString(Secret), description.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, description.ToString(), StringComparison.Ordinal);
        await scene.WorkAsync();
        await scene.EnqueueAsync("job", TimeSpan.Zero);
        Assert.Equal(JobState.Completed, (await scene.UntilFinalAsync("job", ToldWithin)).State);
    }

    /// <summary>One line, in time, that names what it is about, and never a secret, not even in the exceptions within.</summary>
    private static async Task AssertRefusedAsync(string address, string code, params string[] said)
    {
        await using var store = new RedisJobStore(RedisAddress.Parse(address), SharedRedis.NewNamespace());
        var error = await Assert.ThrowsAnyAsync<DibsException>(() => store.OpenAsync(Token).AsTask().WaitAsync(ToldWithin, TimeProvider.System, Token));
        TestContext.Current.TestOutputHelper?.WriteLine(error.Message);
        Assert.Equal(code, error.Code);
        Assert.Equal(code is "store-password" or "store-certificate", error is DibsConfigurationException);
        Assert.All(said, text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
        Assert.All([Secret, Uri.EscapeDataString(Secret), Wrong], secret => Assert.DoesNotContain(secret, error.ToString(), StringComparison.Ordinal));
    }
}
