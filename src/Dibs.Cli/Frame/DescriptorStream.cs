using System.Runtime.InteropServices;

namespace Dibs.Cli.Frame;

/// <summary>
/// Writes to a file descriptor of this process, and does nothing else. The console streams of .NET switch the keys of a terminal
/// to application mode, which nobody switches back, and swallow a closed pipe, so that a follower would write to nobody for ever.
/// </summary>
/// <param name="descriptor">The descriptor; it stays open.</param>
/// <param name="drops">What cannot be written is dropped: for the stream on which one would say so.</param>
internal sealed class DescriptorStream(int descriptor, bool drops = false) : Stream
{
    private const int Interrupted = 4; // EINTR
    private const short Writable = 4; // POLLOUT

    // EAGAIN: the descriptor is shared with somebody who made it non-blocking.
    private static readonly int Full = OperatingSystem.IsMacOS() ? 35 : 11;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <exception cref="IOException">It cannot be written; its <see cref="Exception.HResult"/> is the number of the error.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var written = Write(descriptor, ref MemoryMarshal.GetReference(buffer), buffer.Length);
            if (written >= 0)
                buffer = buffer[(int)written..];
            else if (Marshal.GetLastPInvokeError() is var error && error == Full)
                Wait();
            else if (error != Interrupted && drops)
                return;
            else if (error != Interrupted)
                throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
        }
    }

    private void Wait()
    {
        var wish = new PollFd { Descriptor = descriptor, Events = Writable };
        _ = Poll(ref wish, 1, -1);
    }

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    private static extern nint Write(int descriptor, ref byte buffer, nint count);

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static extern int Poll(ref PollFd descriptors, nuint count, int milliseconds);

    private struct PollFd
    {
        public int Descriptor;
        public short Events;
        public short Seen;
    }
}
