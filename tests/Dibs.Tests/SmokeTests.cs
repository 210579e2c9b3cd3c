namespace Dibs.Tests;

public class SmokeTests
{
    [Fact]
    public void The_tests_run() => Assert.True(true);
}
