using Dibs.Tests.Redis.Servers;

namespace Dibs.Tests.Redis;

/// <summary>Clients and workers work on protected servers, and what they log shows no secret. Who is refused is told in <see cref="ConnectTests"/>.</summary>
public sealed class SecurityTests : IDisposable
{
    private const string Secret = "p:ss w@rd/%?#";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TestCertificates _certificates = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public Task They_work_with_a_password() => AssertWorksAsync(new() { Password = Secret }, server => server.AddressOf(null, Secret));

    [Fact]
    public Task They_work_as_a_user() =>
        AssertWorksAsync(new() { Users = ["default off", $"app on \">{Secret}\" ~* &* +@all"] }, server => server.AddressOf("app", Secret));

    [Fact]
    public Task They_work_over_tls_with_a_client_certificate() => AssertWorksAsync(
        new() { Tls = _certificates, AsksClientCertificate = true, Password = Secret },
        server => server.AddressOf(null, Secret, $"?ca={_certificates.AuthorityFile}&cert={_certificates.Client.Certificate}&key={_certificates.Client.Key}"));

    [Fact]
    public Task They_work_where_only_the_older_protocol_is_spoken() => AssertWorksAsync(new() { OnlyResp2 = true, Password = Secret }, server => server.Address);

    private static async Task AssertWorksAsync(RedisSetup setup, Func<RedisServer, string> address)
    {
        await using var server = await RedisServer.StartAsync(setup);
        await using var scene = new WorkScene(address(server));
        var description = await scene.Store.OpenAsync(Token);
        await scene.WorkAsync();
        await scene.EnqueueAsync("job", TimeSpan.Zero);
        var job = await scene.UntilFinalAsync("job", Patience);
        Assert.True(job.State == JobState.Completed, $"The job is {job.State}, {job.Reason}: {job.Error}; the log:\n{string.Join('\n', scene.Log)}");
        await server.StopAsync();
        await scene.UntilLoggedAsync("has lost its store", Patience);
        foreach (var text in scene.Log.Append(description.ToString()))
        {
            Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Uri.EscapeDataString(Secret), text, StringComparison.Ordinal);
        }
    }
}
