using System.Runtime.InteropServices;
using System.Text;
using Dibs;
using Microsoft.Win32.SafeHandles;

namespace Witness;

/// <summary>
/// Jobs that sign a book for each resource they touch, when they begin and when they end. All processes write in the same
/// books, so the order of the lines is the order in which things happened, whatever any clock says.
/// </summary>
public static class Guestbook
{
    private const int WriteOnly = 1;
    private const int Append = 0x400;

    /// <summary>Signs, works so long, and signs again.</summary>
    public static async Task SignAsync(string[] books, int milliseconds, JobContext context)
    {
        Sign(books, "begin", context);
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, context.CancellationToken);
        }
        finally
        {
            Sign(books, "end", context);
        }
    }

    private static void Sign(string[] books, string what, JobContext context)
    {
        var line = Encoding.UTF8.GetBytes($"{what} {context.JobId} {context.Fence}\n");
        foreach (var book in books)
        {
            // FileMode.Append remembers where the end was; O_APPEND alone never writes over the line of another process.
            using var file = new SafeFileHandle(Open(book, WriteOnly | Append), ownsHandle: true);
            if (file.IsInvalid)
                throw new IOException($"'{book}' cannot be opened (errno {Marshal.GetLastPInvokeError()}).");
            RandomAccess.Write(file, line, fileOffset: 0);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
