using System.Text;
using Dibs.Stores;

namespace Dibs.Sqlite.Steps;

/// <summary>A claim in a kept answer: what never changes of its job is read again when the answer is repeated.</summary>
internal readonly record struct KeptClaim(long Job, int Attempt, long Fence);

/// <summary>The answer to the last exchange of an incarnation, in few bytes.</summary>
internal sealed record KeptAnswer(IReadOnlyList<KeptClaim> Claims, IReadOnlyList<AttemptKey> Refused, bool More, bool ReadyLeft, bool Due, StoreMark Mark)
{
    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(More);
        writer.Write(ReadyLeft);
        writer.Write(Due);
        writer.Write(Mark.Ticket);
        writer.Write(Mark.Fence);
        writer.Write7BitEncodedInt(Claims.Count);
        foreach (var (job, attempt, fence) in Claims)
        {
            writer.Write7BitEncodedInt64(job);
            writer.Write7BitEncodedInt(attempt);
            writer.Write(fence);
        }
        writer.Write7BitEncodedInt(Refused.Count);
        foreach (var (id, attempt, fence) in Refused)
        {
            writer.Write(id);
            writer.Write7BitEncodedInt(attempt);
            writer.Write(fence);
        }
        writer.Flush();
        return bytes.ToArray();
    }

    public static KeptAnswer FromBytes(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        var (more, readyLeft, due) = (reader.ReadBoolean(), reader.ReadBoolean(), reader.ReadBoolean());
        var mark = new StoreMark(reader.ReadInt64(), reader.ReadInt64());
        var claims = new KeptClaim[reader.Read7BitEncodedInt()];
        for (var i = 0; i < claims.Length; i++)
            claims[i] = new KeptClaim(reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt(), reader.ReadInt64());
        var refused = new AttemptKey[reader.Read7BitEncodedInt()];
        for (var i = 0; i < refused.Length; i++)
            refused[i] = new AttemptKey(reader.ReadString(), reader.Read7BitEncodedInt(), reader.ReadInt64());
        return new KeptAnswer(claims, refused, more, readyLeft, due, mark);
    }
}
