using System.Text.Json;

namespace Dibs.Tests.Docs.Fences;

/// <summary>A file that refuses to be written by an attempt that others have overtaken.</summary>
public sealed class FencedFile(string path)
{
    /// <returns>Whether it was written; if not, the attempt is an old one and should end.</returns>
    public bool TryWrite(string text, long fence, ReservationMode mode)
    {
        // One writer at a time, as long as this file is open; elsewhere it is an IOException, and the job may try again.
        using var file = new FileStream($"{path}.fence", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var marks = file.Length == 0 ? default : JsonSerializer.Deserialize<FenceMarks>(file);
        if (!marks.TryPass(fence, mode, out var next))
            return false;
        // The marks first: if the process dies here, an old attempt is refused all the same.
        file.SetLength(0);
        JsonSerializer.Serialize(file, next);
        file.Flush(flushToDisk: true);
        File.WriteAllText($"{path}.next", text);
        File.Move($"{path}.next", path, overwrite: true);
        return true;
    }
}
