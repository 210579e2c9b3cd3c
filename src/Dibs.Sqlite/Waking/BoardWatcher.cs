using Dibs.Stores;

namespace Dibs.Sqlite.Waking;

/// <summary>Wakes the listeners of this process when another process touched the wake board.</summary>
internal sealed class BoardWatcher : IDisposable
{
    /// <summary>How often to look where the system cannot watch files, or has no watches left.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(40);

    private readonly WakeBoard _board;
    private readonly WakeUps _wakeUps;
    private readonly IDisposable _source;

    public BoardWatcher(string path, WakeBoard board, WakeUps wakeUps)
    {
        (_board, _wakeUps) = (board, wakeUps);
        _source = TryWatch(path) is { } watcher ? watcher : TimeProvider.System.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
    }

    public void Dispose() => _source.Dispose();

    private FileSystemWatcher? TryWatch(string path)
    {
        // A touch changes the attributes of the file. Writes do not, so that the log of SQLite beside it wakes nobody.
        var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path)) { NotifyFilter = NotifyFilters.Attributes };
        watcher.Changed += (_, _) => Look();
        watcher.Error += (_, _) => _wakeUps.WakeAll();
        try
        {
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (IOException)
        {
            // The system has a limit on watches per user, and other programs may have used them up: then we look at the file.
            watcher.Dispose();
            return null;
        }
    }

    private void Look()
    {
        if (_board.TakeChanges() is { } concern)
            _wakeUps.Wake(concern);
    }
}
