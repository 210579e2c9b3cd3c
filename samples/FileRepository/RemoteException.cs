namespace FileRepository;

/// <summary>A remote did not give what it promised: no answer, an error, other bytes than its manifest says.</summary>
public sealed class RemoteException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Nothing is wrong with what was asked: another time it may be answered.</summary>
    internal bool MayPass { get; init; }
}
