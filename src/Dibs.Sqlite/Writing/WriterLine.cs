using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Dibs.Sqlite.Writing;

/// <summary>
/// The line in which the writers of all processes stand for one store file, first come first served, so that none waits
/// for more than one transaction of each other. It only orders them: what excludes them is the lock of SQLite itself.
/// </summary>
/// <remarks>
/// Each transaction takes the next number from the lock file and holds a lock on the byte of that number; its turn has come
/// when the byte of the number before is free. The locks belong to the open file, so the system frees them when a process
/// ends in whatever way. On other systems than Linux there is no line, and writers wait for the lock of SQLite.
/// </remarks>
internal sealed class WriterLine : IDisposable
{
    // Far beyond any content; the byte that guards the counter, and the bytes of the numbers after it.
    private const long Turnstile = 1L << 40;
    private const int NumberLength = 20;
    private readonly SafeFileHandle _file;
    private long _number;

    public WriterLine(string path)
    {
        _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
    }

    /// <summary>Takes the next place and waits for the turn. It waits as long as it must; callers have time-outs of their own.</summary>
    /// <param name="waiting">Called when it is not our turn at once; disposed when it is.</param>
    public void Enter(Func<IDisposable> waiting)
    {
        if (!OperatingSystem.IsLinux())
            return;
        TakeNumber();
        try
        {
            WaitForTurn(waiting);
            Write($"pid {Environment.ProcessId,-10}\n", NumberLength);
        }
        catch
        {
            Leave();
            throw;
        }
    }

    /// <summary>Lets the next one have its turn.</summary>
    public void Leave()
    {
        if (OperatingSystem.IsLinux())
            Unlock(Turnstile + _number);
    }

    /// <summary>Who had the last turn, in words.</summary>
    public string Holder()
    {
        Span<byte> text = stackalloc byte[16];
        var length = RandomAccess.Read(_file, text, NumberLength);
        return length == 0 ? "an unknown process" : Encoding.ASCII.GetString(text[..length]).Trim().Replace("pid", "process", StringComparison.Ordinal);
    }

    public void Dispose() => _file.Dispose();

    private void TakeNumber()
    {
        Lock(Turnstile, wait: true);
        try
        {
            _number = ReadNumber() + 1;
            Write($"{_number:D19}\n", 0);
            Lock(Turnstile + _number, wait: true);
        }
        finally
        {
            Unlock(Turnstile);
        }
    }

    private void WaitForTurn(Func<IDisposable> waiting)
    {
        if (_number == 1)
            return;
        var before = Turnstile + _number - 1;
        if (!Lock(before, wait: false))
        {
            using (waiting())
                Lock(before, wait: true);
        }
        Unlock(before);
    }

    private void Write(FormattableString text, long offset)
    {
        try
        {
            RandomAccess.Write(_file, Encoding.ASCII.GetBytes(text.ToString(CultureInfo.InvariantCulture)), offset);
        }
        catch (IOException failure)
        {
            throw new StoreException("store-io", $"The lock file of the store cannot be written ({failure.Message.TrimEnd('.')}); free space on its disk or check it, and try again.", inner: failure);
        }
    }

    private long ReadNumber()
    {
        Span<byte> text = stackalloc byte[NumberLength - 1];
        return RandomAccess.Read(_file, text, 0) == text.Length && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    private bool Lock(long offset, bool wait)
    {
        while (Control(offset, OpenFileLock.WriteLock, wait ? OpenFileLock.SetAndWait : OpenFileLock.Set) != 0)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case OpenFileLock.Interrupted:
                    continue;
                case OpenFileLock.TryAgain or OpenFileLock.NoAccess when !wait:
                    return false;
                case var error:
                    throw new StoreException("store-io", $"The lock file of the store cannot be locked: {Marshal.GetPInvokeErrorMessage(error)}; it must be on a local disk.");
            }
        }
        return true;
    }

    private void Unlock(long offset) => _ = Control(offset, OpenFileLock.Unlock, OpenFileLock.Set);

    private int Control(long offset, short type, int command)
    {
        var range = new OpenFileLock.Range { Type = type, Start = offset, Length = 1 };
        return OpenFileLock.Control(_file, command, ref range);
    }
}
