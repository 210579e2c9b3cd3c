namespace PlainParts;

/// <summary>In a project that the library references: its methods belong to the application too.</summary>
public static class Sums
{
    public static int Add(int left, int right) => left + right;
}
