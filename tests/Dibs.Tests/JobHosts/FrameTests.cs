using Dibs.JobHosts;
using Dibs.Stores;
using Dibs.Tests.Support;

namespace Dibs.Tests.JobHosts;

public sealed class FrameTests
{
    public static TheoryData<string> Examples => [.. Samples.Keys];

    private static Dictionary<string, Frame> Samples { get; } = new Frame[]
    {
        new HelloFrame(1),
        new RunFrame("job", 1, 77, "default", [1, 2, 3], 5, "A.B"),
        new RunFrame("job", 1, 77, "default", [], 5),
        new BeganFrame(77),
        new FeedFrame(long.MaxValue),
        new StopFrame(77),
        new ReportFrame(77, [new ProgressRecord { Code = "c", Message = "m", State = "running" }], ["thing"], [new LogLine(DateTimeOffset.UnixEpoch, "text\u0000ü")]),
        new EndedFrame(77, SettleOutcome.Failed, IsWorn: true, "threw", [9], new ExitRecord { Code = 3 }, new JobError { Type = "t", Message = "m" }),
        new EndedFrame(77, SettleOutcome.Completed, IsWorn: false),
        new LeaveFrame(),
    }.Select((frame, i) => (frame, i)).ToDictionary(pair => $"{pair.i} {pair.frame.GetType().Name}", pair => pair.frame);

    [Theory, MemberData(nameof(Examples))]
    public void A_frame_is_read_as_it_was_written(string name)
    {
        var bytes = Frames.Encode(Samples[name]);
        using var stream = new MemoryStream(bytes);
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(Frames.Encode(Frames.Read(stream)!)));
        Assert.Null(Frames.Read(stream));
    }

    [Fact]
    public void What_is_no_frame_is_refused_and_never_anything_worse()
    {
        var random = new Random(RandomTrials.FirstSeed());
        for (var i = 0; i < 5000; i++)
            Read(random);
    }

    private static void Read(Random random)
    {
        // A frame with some bytes changed, cut short, or nothing but noise.
        var bytes = random.Next(4) == 0 ? new byte[random.Next(64)] : Frames.Encode(Samples.Values.ElementAt(random.Next(Samples.Count)));
        if (bytes.Length > 0 && random.Next(4) == 0)
            random.NextBytes(bytes);
        for (var i = random.Next(4); i > 0 && bytes.Length > 0; i--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        using var stream = new MemoryStream(bytes, 0, random.Next(bytes.Length + 1));
        try
        {
            while (Frames.Read(stream) is not null)
            {
            }
        }
        catch (Exception refusal) when (refusal is InvalidDataException or EndOfStreamException)
        {
        }
    }
}
