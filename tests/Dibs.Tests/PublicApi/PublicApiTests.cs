using System.Reflection;
using Dibs.Tests.Support;

namespace Dibs.Tests.PublicApi;

/// <summary>
/// What is public is a decision: the surface of each library is kept in a file beside this test. After a change on purpose
/// run the tests once with DIBS_APPROVE=1 and look at the difference.
/// </summary>
public class PublicApiTests
{
    [Theory]
    [InlineData("Dibs")]
    [InlineData("Dibs.Redis")]
    [InlineData("Dibs.Sqlite")]
    public void The_public_surface_is_the_approved_one(string library)
    {
        var actual = PublicSurface.Of(Assembly.Load(library));
        var file = Path.Combine(Checkout.Root, "tests/Dibs.Tests/PublicApi", $"{library}.txt");
        if (Environment.GetEnvironmentVariable("DIBS_APPROVE") == "1")
            File.WriteAllLines(file, actual);
        var approved = File.Exists(file) ? File.ReadAllLines(file) : [];
        var difference = actual.Except(approved).Select(line => $"+ {line}").Concat(approved.Except(actual).Select(line => $"- {line}")).ToArray();
        Assert.True(difference.Length == 0, $"The public surface of {library} changed. If that is meant, run with DIBS_APPROVE=1.\n{string.Join('\n', difference)}");
    }
}
