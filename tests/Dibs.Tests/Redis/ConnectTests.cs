using System.Net;
using System.Net.Sockets;
using System.Text;
using Dibs.Redis;
using Dibs.Redis.Connections;
using Dibs.Tests.Redis.Servers;

namespace Dibs.Tests.Redis;

/// <summary>Why a store cannot be opened: one line with the address, the cause and the remedy.</summary>
public class ConnectTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_port_where_nothing_listens_is_told()
    {
        var port = LoopbackPorts.Next();
        var error = await LinkScene.RefusalAsync<StoreException>($"redis://127.0.0.1:{port}/3");
        Assert.Equal("store-unreachable", error.Code);
        Assert.Equal($"the store redis://127.0.0.1:{port}/3 refused the connection; see that Redis runs there, and that host and port are right", error.Message);
        Assert.False(error.OutcomeUnknown);
    }

    [Fact]
    public async Task A_host_that_does_not_resolve_is_told()
    {
        var error = await LinkScene.RefusalAsync<StoreException>("redis://nowhere.invalid");
        Assert.Equal("store-unreachable", error.Code);
        Assert.Contains("the host name 'nowhere.invalid' does not resolve", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_takes_connections_and_does_not_answer_is_told()
    {
        using var listener = Listen();
        var error = await LinkScene.RefusalAsync<StoreException>($"redis://{listener.LocalEndpoint}");
        Assert.Equal("store-unreachable", error.Code);
        Assert.Contains("takes connections and does not answer (timed out)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis")]
    [InlineData("rediss")]
    public async Task A_web_server_is_told(string scheme)
    {
        using var listener = Listen();
        var serving = ServeAsync(listener, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
        var error = await LinkScene.RefusalAsync<StoreException>($"{scheme}://{listener.LocalEndpoint}");
        Assert.Equal("store-protocol", error.Code);
        Assert.Contains("is a web server and not Redis; see that host and port are right", error.Message, StringComparison.Ordinal);
        listener.Stop();
        await serving;
    }

    [Fact]
    public async Task A_port_that_speaks_something_else_is_told()
    {
        using var listener = Listen();
        var serving = ServeAsync(listener, "SSH-2.0-OpenSSH_9.2\r\n");
        var error = await LinkScene.RefusalAsync<StoreException>($"redis://{listener.LocalEndpoint}");
        Assert.Equal("store-protocol", error.Code);
        Assert.Contains("speaks something else than Redis", error.Message, StringComparison.Ordinal);
        listener.Stop();
        await serving;
    }

    [Fact]
    public async Task A_server_without_TLS_is_told_when_TLS_is_asked()
    {
        await using var server = await RedisServer.StartAsync();
        var error = await LinkScene.RefusalAsync<StoreException>($"rediss://{server.EndPoint}");
        Assert.Equal("store-protocol", error.Code);
        Assert.Contains("speaks no TLS, and the address asks for it; write redis:// in place of rediss://", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_or_wrong_password_is_told_and_not_shown()
    {
        await using var server = await RedisServer.StartAsync(new() { Password = "the right one" });
        var missing = await LinkScene.RefusalAsync<DibsConfigurationException>($"redis://{server.EndPoint}");
        Assert.Equal("store-password", missing.Code);
        Assert.Contains("asks for a password; give it by DIBS_REDIS_PASSWORD, --password-file or in the address", missing.Message, StringComparison.Ordinal);
        var wrong = await LinkScene.RefusalAsync<DibsConfigurationException>($"redis://{server.EndPoint}", password: "secret");
        Assert.Equal("store-password", wrong.Code);
        Assert.Contains("refused the password; correct it", wrong.Message, StringComparison.Ordinal);
        var stranger = await LinkScene.RefusalAsync<DibsConfigurationException>($"redis://{server.EndPoint}", "ann", "secret");
        Assert.Contains("refused the user or the password", stranger.Message, StringComparison.Ordinal);
        await using var link = await LinkScene.OpenAsync(server.Address);
        Assert.Equal(0, await link.RunAsync());
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_server_with_TLS_is_used_when_its_certificate_is_right(string host)
    {
        using var certificates = new TestCertificates();
        await using var server = await RedisServer.StartAsync(new() { Tls = certificates });
        await using var link = await LinkScene.OpenAsync($"rediss://{host}:{server.Port}?ca={certificates.AuthorityFile}");
        Assert.Equal(0, await link.RunAsync());
        Assert.Equal(1, await link.RunAsync(Lane.Heartbeat));
    }

    [Fact]
    public async Task A_certificate_of_an_authority_that_is_not_trusted_is_refused()
    {
        using var certificates = new TestCertificates();
        await using var server = await RedisServer.StartAsync(new() { Tls = certificates });
        var other = await LinkScene.RefusalAsync<DibsConfigurationException>($"rediss://{server.EndPoint}?ca={certificates.OtherAuthorityFile}");
        Assert.Equal("store-certificate", other.Code);
        Assert.Contains($"shows a certificate that is not trusted (", other.Message, StringComparison.Ordinal);
        Assert.Contains($"give the authority that signed it; '{certificates.OtherAuthorityFile}' did not", other.Message, StringComparison.Ordinal);
        var systems = await LinkScene.RefusalAsync<DibsConfigurationException>($"rediss://{server.EndPoint}");
        Assert.Equal("store-certificate", systems.Code);
        Assert.Contains("name the authority that signed it: ?ca=FILE", systems.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_another_host_is_refused()
    {
        using var certificates = new TestCertificates();
        await using var server = await RedisServer.StartAsync(new() { Tls = certificates, HasAnotherName = true });
        var error = await LinkScene.RefusalAsync<DibsConfigurationException>(server.Address);
        Assert.Equal("store-certificate", error.Code);
        Assert.Contains("shows a certificate that is not for the host '127.0.0.1'; connect by the name in the certificate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_asks_for_a_client_certificate_gets_ours()
    {
        using var certificates = new TestCertificates();
        await using var server = await RedisServer.StartAsync(new() { Tls = certificates, AsksClientCertificate = true });
        var missing = await LinkScene.RefusalAsync<DibsConfigurationException>(server.Address);
        Assert.Equal("store-certificate", missing.Code);
        Assert.Contains("refused a connection without a client certificate; give one that it trusts: ?cert=FILE&key=FILE", missing.Message, StringComparison.Ordinal);
        var (stranger, key) = certificates.StrangeClient;
        var strange = await LinkScene.RefusalAsync<DibsConfigurationException>($"{server.Address}&cert={stranger}&key={key}");
        Assert.Contains($"refused the client certificate '{stranger}'", strange.Message, StringComparison.Ordinal);
        await using var link = await LinkScene.OpenAsync($"{server.Address}&cert={certificates.Client.Certificate}&key={certificates.Client.Key}");
        Assert.Equal(0, await link.RunAsync());
    }

    [Fact]
    public async Task A_server_with_TLS_is_told_when_TLS_is_not_asked()
    {
        using var certificates = new TestCertificates();
        await using var server = await RedisServer.StartAsync(new() { Tls = certificates });
        var error = await LinkScene.RefusalAsync<StoreException>($"redis://{server.EndPoint}");
        Assert.Equal("store-protocol", error.Code);
        Assert.Contains("speaks TLS, and the address does not ask for it; write rediss:// in place of redis://", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_cannot_be_used_are_named_with_the_cause()
    {
        using var certificates = new TestCertificates();
        var (certificate, key) = certificates.Client;
        await Refused("?ca=/no/such/ca.pem", "the CA file '/no/such/ca.pem' cannot be used: there is no such directory; give a PEM file");
        await Refused($"?ca={certificates.AuthorityFile}.not", $"the CA file '{certificates.AuthorityFile}.not' cannot be used: there is no such file");
        await Refused($"?ca={key}", $"the CA file '{key}' cannot be used: there is no certificate in it");
        await Refused($"?ca={Path.GetDirectoryName(key)}", "cannot be used: it cannot be read by this user");
        await Refused($"?cert=/no.crt&key={key}", "the certificate file '/no.crt' cannot be used: there is no such file");
        await Refused($"?cert={certificate}&key=/no.key", "the key file '/no.key' cannot be used: there is no such file");
        await Refused($"?cert={certificate}&key={certificates.Server.Key}", $"the client certificate '{certificate}' with the key '{certificates.Server.Key}' cannot be used");

        static async Task Refused(string options, string message)
        {
            var error = await LinkScene.RefusalAsync<DibsConfigurationException>($"rediss://127.0.0.1{options}");
            Assert.Equal("store-certificate", error.Code);
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_database_that_the_server_does_not_have_is_told()
    {
        await using var server = await RedisServer.StartAsync();
        var error = await LinkScene.RefusalAsync<DibsConfigurationException>($"redis://{server.EndPoint}/16");
        Assert.Equal("store-database", error.Code);
        Assert.Contains("has no such database; use a smaller number, or raise the server's setting 'databases'", error.Message, StringComparison.Ordinal);
        await using var link = await LinkScene.OpenAsync($"redis://{server.EndPoint}/15");
        await link.RunAsync();
        Assert.Contains("db15:keys=1", await server.AskAsync("INFO", "keyspace"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replica_is_refused()
    {
        await using var primary = await RedisServer.StartAsync();
        await using var replica = await RedisServer.StartAsync(new() { ReplicaOf = primary });
        var error = await LinkScene.RefusalAsync<DibsConfigurationException>(replica.Address);
        Assert.Equal("store-read-only", error.Code);
        Assert.Contains("is a replica, which takes no changes; connect to the primary, or to the sentinels or the cluster, which name it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_the_sentinels_do_not_know_is_told()
    {
        await using var primary = await RedisServer.StartAsync();
        await using var sentinel = await RedisServer.StartAsync(new() { Watches = primary });
        var error = await LinkScene.RefusalAsync<StoreException>($"redis+sentinel://{sentinel.EndPoint}/other");
        Assert.Equal("store-unreachable", error.Code);
        Assert.Contains("the sentinels know none by the name 'other'", error.Message, StringComparison.Ordinal);
        var direct = await LinkScene.RefusalAsync<StoreException>($"redis://{sentinel.EndPoint}");
        Assert.Equal("store-protocol", direct.Code);
        Assert.Contains("is a sentinel and keeps no data; write redis+sentinel://HOST,HOST/SERVICE", direct.Message, StringComparison.Ordinal);
        var reverse = await LinkScene.RefusalAsync<StoreException>($"redis+sentinel://{primary.EndPoint}/{RedisSetup.Service}");
        Assert.Equal("store-protocol", reverse.Code);
        Assert.Contains($"is no sentinel at {primary.EndPoint}; write redis:// for a server", reverse.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_that_the_primary_of_sentinels_refuses_is_told()
    {
        await using var primary = await RedisServer.StartAsync(new() { Password = "the right one" });
        await using var sentinel = await RedisServer.StartAsync(new() { Watches = primary, Password = "the right one" });
        var address = $"redis+sentinel://{sentinel.EndPoint}/{RedisSetup.Service}";
        var missing = await LinkScene.RefusalAsync<DibsConfigurationException>(address);
        Assert.Equal("store-password", missing.Code);
        var wrong = await LinkScene.RefusalAsync<DibsConfigurationException>(address, password: "secret");
        Assert.Equal("store-password", wrong.Code);
    }

    [Fact]
    public async Task A_user_of_the_primary_need_not_be_one_of_the_sentinels()
    {
        await using var primary = await RedisServer.StartAsync(new() { Users = ["ann on >sesame ~* &* +@all"] });
        await using var sentinel = await RedisServer.StartAsync(new() { Watches = primary, Also = [$"sentinel auth-user {RedisSetup.Service} ann", $"sentinel auth-pass {RedisSetup.Service} sesame"] });
        await using var link = await LinkScene.OpenAsync($"redis+sentinel://ann:sesame@{sentinel.EndPoint}/{RedisSetup.Service}");
        Assert.Equal(0, await link.RunAsync());
    }

    [Theory]
    [InlineData("a{b")]
    [InlineData("a}b")]
    public void A_namespace_with_braces_is_refused(string name)
    {
        var error = Assert.Throws<DibsConfigurationException>(() => new RedisLink(RedisAddress.Parse("redis://h"), name));
        Assert.Equal("bad-namespace", error.Code);
        Assert.Contains($"the namespace '{name}' has a brace", error.Message, StringComparison.Ordinal);
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    /// <summary>Answers whatever comes with the same text, until the listener is stopped.</summary>
    private static async Task ServeAsync(TcpListener listener, string answer)
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await listener.AcceptTcpClientAsync(Token), answer);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private static async Task AnswerAsync(TcpClient client, string answer)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                await stream.ReadAtLeastAsync(new byte[1024], 1, throwOnEndOfStream: false, Token);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), Token);
            }
        }
        catch (IOException)
        {
            // This client has gone; the next one is answered all the same.
        }
    }
}
