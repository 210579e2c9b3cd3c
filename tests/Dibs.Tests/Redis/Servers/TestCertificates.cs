using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dibs.Tests.Support;

namespace Dibs.Tests.Redis.Servers;

/// <summary>A certificate and its key as PEM files.</summary>
public sealed record CertificateFiles(string Certificate, string Key);

/// <summary>A certification authority of the tests, another one that nobody trusts, and what they signed.</summary>
public sealed class TestCertificates : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();
    private readonly DateTimeOffset _from = TimeProvider.System.GetUtcNow().AddDays(-1);

    public TestCertificates()
    {
        using var authority = Authority("Tests' own authority");
        using var other = Authority("Some other authority");
        AuthorityFile = Write("ca.crt", authority.ExportCertificatePem());
        OtherAuthorityFile = Write("other-ca.crt", other.ExportCertificatePem());
        Server = Signed(authority, "server", ServerAuthentication, "localhost", IPAddress.Loopback);
        ServerOfAnotherName = Signed(authority, "elsewhere", ServerAuthentication, "elsewhere.example", address: null);
        Client = Signed(authority, "client", ClientAuthentication, "client", address: null);
        StrangeClient = Signed(other, "stranger", ClientAuthentication, "stranger", address: null);
    }

    public string AuthorityFile { get; }

    public string OtherAuthorityFile { get; }

    /// <summary>For localhost and 127.0.0.1.</summary>
    public CertificateFiles Server { get; }

    /// <summary>For elsewhere.example alone.</summary>
    public CertificateFiles ServerOfAnotherName { get; }

    public CertificateFiles Client { get; }

    /// <summary>Signed by the other authority.</summary>
    public CertificateFiles StrangeClient { get; }

    public void Dispose() => _folder.Dispose();

    private X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(_from, _from.AddYears(1));
    }

    private CertificateFiles Signed(X509Certificate2 authority, string file, string use, string name, IPAddress? address)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        if (address is not null)
            names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], critical: false));
        using var certificate = request.Create(authority, _from, _from.AddMonths(6), RandomNumberGenerator.GetBytes(16));
        return new CertificateFiles(Write($"{file}.crt", certificate.ExportCertificatePem()), Write($"{file}.key", key.ExportPkcs8PrivateKeyPem()));
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder.File(name), text);
        return _folder.File(name);
    }
}
