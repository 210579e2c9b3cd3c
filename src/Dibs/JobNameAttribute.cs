namespace Dibs;

/// <summary>
/// The name under which jobs store a method, instead of <c>Namespace.Outer.Type.Method</c>: to rename or move the method
/// while its jobs are stored, or to tell overloads apart. It holds for the type that declares it; a method inherited or
/// overridden elsewhere is named after the type that it is called on. Unique in an application, which does not start otherwise.
/// </summary>
/// <param name="name">1 to 256 bytes of UTF-8.</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class JobNameAttribute(string name) : Attribute
{
    /// <summary>The stored method name.</summary>
    public string Name { get; } = name;
}
