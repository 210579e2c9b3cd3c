using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Dibs.Redis.Connections;

/// <summary>The certificates of an address, read once.</summary>
internal sealed class TlsFiles
{
    private readonly X509Certificate2Collection? _authorities;
    private readonly SslStreamCertificateContext? _client;

    private TlsFiles(X509Certificate2Collection? authorities, SslStreamCertificateContext? client)
    {
        _authorities = authorities;
        _client = client;
    }

    /// <exception cref="DibsConfigurationException">A file cannot be read, or is not what it should be (<c>store-certificate</c>).</exception>
    public static TlsFiles Read(RedisAddress address) => new(
        address.CaFile is { } ca ? ReadAuthorities(ca) : null,
        address is { CertificateFile: { } certificate, KeyFile: { } key } ? ReadClient(certificate, key) : null);

    /// <summary>How a connection to a host is encrypted: its certificate is always verified, name included.</summary>
    public SslClientAuthenticationOptions For(string host) => new()
    {
        TargetHost = host,
        ClientCertificateContext = _client,
        CertificateChainPolicy = _authorities is null ? null : TrustOnly(_authorities),
    };

    private static X509ChainPolicy TrustOnly(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private static X509Certificate2Collection ReadAuthorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        Read($"CA file '{file}'", "give a PEM file with the certificate of the authority that signed the server's", () => authorities.ImportFromPemFile(file));
        return authorities.Count > 0 ? authorities : throw Unusable($"CA file '{file}'", "there is no certificate in it", "give a PEM file with the certificate of the authority that signed the server's");
    }

    private static SslStreamCertificateContext ReadClient(string certificateFile, string keyFile)
    {
        SslStreamCertificateContext? client = null;
        RequireReadable("certificate file", certificateFile);
        RequireReadable("key file", keyFile);
        Read($"client certificate '{certificateFile}' with the key '{keyFile}'", "give PEM files of a certificate and of its own key, not encrypted", () =>
            client = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(certificateFile, keyFile), additionalCertificates: null, offline: true));
        return client!;
    }

    // So that the error names the one file of the two that cannot be read.
    private static void RequireReadable(string kind, string file) =>
        Read($"{kind} '{file}'", "give a PEM file that this user may read", () => File.OpenRead(file).Dispose());

    private static void Read(string what, string remedy, Action read)
    {
        try
        {
            read();
        }
        catch (FileNotFoundException e)
        {
            throw Unusable(what, "there is no such file", remedy, e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw Unusable(what, "there is no such directory", remedy, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(what, "it cannot be read by this user", remedy, e);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Unusable(what, "it is not what it should be", remedy, e);
        }
    }

    private static DibsConfigurationException Unusable(string what, string cause, string remedy, Exception? inner = null) =>
        new("store-certificate", $"the {what} cannot be used: {cause}; {remedy}", inner);
}
