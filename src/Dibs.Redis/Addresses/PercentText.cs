using System.Text;

namespace Dibs.Redis.Addresses;

/// <summary>Decodes percent-encoded text, strictly: a password with a lone percent sign must not quietly become another one.</summary>
internal static class PercentText
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="what">What it is of, for the error, which does not show the text.</param>
    /// <param name="text">The encoded text.</param>
    /// <exception cref="DibsConfigurationException">A percent sign stands without two hexadecimal digits, or the bytes are no UTF-8.</exception>
    public static string Decode(string what, string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
            return text;
        try
        {
            var bytes = new List<byte>(text.Length);
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] != '%')
                {
                    var letter = char.IsHighSurrogate(text[i]) ? text.Substring(i++, 2) : text[i].ToString();
                    bytes.AddRange(Utf8.GetBytes(letter));
                    continue;
                }
                bytes.AddRange(Convert.FromHexString(text.AsSpan(i + 1, 2)));
                i += 2;
            }
            return Utf8.GetString([.. bytes]);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw AddressRules.Malformed($"has {what} with a '%' that begins no two hexadecimal digits of UTF-8", "write a percent sign as %25");
        }
    }
}
