namespace FileRepository.Demo;

/// <summary>The demo cannot run here, or did not show what it should.</summary>
public sealed class DemoException(string message) : Exception(message);
