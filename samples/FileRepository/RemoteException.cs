namespace FileRepository;

/// <summary>A remote did not give what it promised: no answer, an error, other bytes than its manifest says.</summary>
public sealed class RemoteException(string message, Exception? inner = null) : Exception(message, inner);
