using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Dibs.Stores;
using Microsoft.Win32.SafeHandles;

namespace Dibs.Sqlite.Waking;

/// <summary>
/// A small file beside the store through which processes wake each other. A hint belongs to one of its slots; who gives
/// the hint writes a value there that was never there before, and then touches the file. Who is told that the file was
/// touched compares the slots with what they were, so nobody is woken for what others wait for, but by rare collisions.
/// </summary>
internal sealed partial class WakeBoard : IDisposable
{
    private const int Slots = 512;
    private const int SlotBytes = sizeof(long);
    private const uint FirstHash = 2166136261;
    private const uint HashFactor = 16777619;

    private readonly string _namespace;
    private readonly TimeProvider _time;
    private readonly SafeFileHandle _file;
    private readonly Lock _lock = new();
    private readonly byte[] _read = new byte[Slots * SlotBytes];
    private readonly long[] _seen = new long[Slots];

    public WakeBoard(string path, string @namespace, TimeProvider time)
    {
        (_namespace, _time) = (@namespace, time);
        _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (RandomAccess.GetLength(_file) < _read.Length)
            RandomAccess.SetLength(_file, _read.Length);
        _ = TakeChanges();
    }

    /// <summary>Tells other processes what happened.</summary>
    public void Post(Hints hints)
    {
        lock (_lock)
        {
            foreach (var queue in hints.Queues)
                Write(Slot('q', queue));
            foreach (var incarnation in hints.Incarnations)
                Write(Slot('i', incarnation));
            foreach (var job in hints.Jobs)
                Write(Slot('j', job));
            if (hints.Scheduled)
                Write(Slot('s', ""));
        }
        Touch();
    }

    /// <summary>Looks what others posted since the last look; null if nothing.</summary>
    /// <returns>Whether a filter is concerned by it.</returns>
    public Func<WakeFilter, bool>? TakeChanges()
    {
        lock (_lock)
        {
            var length = RandomAccess.Read(_file, _read, 0);
            HashSet<int>? changed = null;
            for (var slot = 0; (slot + 1) * SlotBytes <= length; slot++)
            {
                var value = BinaryPrimitives.ReadInt64LittleEndian(_read.AsSpan(slot * SlotBytes));
                if (value == _seen[slot])
                    continue;
                _seen[slot] = value;
                (changed ??= []).Add(slot);
            }
            return changed is null ? null : filter => Concerns(filter, changed);
        }
    }

    public void Dispose() => _file.Dispose();

    private bool Concerns(WakeFilter filter, HashSet<int> changed) =>
        (filter.Scheduled && changed.Contains(Slot('s', "")))
        || (filter.JobId is not null && changed.Contains(Slot('j', filter.JobId)))
        || (filter.Incarnation is not null && changed.Contains(Slot('i', filter.Incarnation)))
        || filter.Queues.Any(queue => changed.Contains(Slot('q', queue)));

    private void Touch()
    {
        if (OperatingSystem.IsWindows())
            File.SetLastWriteTimeUtc(_file, _time.GetUtcNow().UtcDateTime);
        else if (SetTimes(_file, times: 0) != 0)
            throw new IOException($"The wake board cannot be touched: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
    }

    /// <summary>futimens(2): without times, now. That only needs the right to write, whereas a time of one's own is for the owner of the file.</summary>
    [LibraryImport("libc", EntryPoint = "futimens", SetLastError = true)]
    private static partial int SetTimes(SafeFileHandle file, nint times);

    private void Write(int slot)
    {
        Span<byte> bytes = stackalloc byte[SlotBytes];
        // Unique enough: the time since the machine started, and who wrote.
        var value = TimeProvider.System.GetTimestamp() ^ ((long)Environment.ProcessId << 48);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        _seen[slot] = value;
        RandomAccess.Write(_file, bytes, slot * SlotBytes);
    }

    /// <summary>FNV-1a: the same in every process, unlike the hash codes of strings.</summary>
    private int Slot(char kind, string name)
    {
        var hash = (FirstHash ^ kind) * HashFactor;
        foreach (var text in (ReadOnlySpan<string>)[_namespace, name])
        {
            foreach (var character in text)
                hash = (hash ^ character) * HashFactor;
        }
        return (int)(hash % Slots);
    }
}
