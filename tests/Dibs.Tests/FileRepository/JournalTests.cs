using FileRepository.Storing;
using Microsoft.Extensions.Time.Testing;

namespace Dibs.Tests.FileRepository;

public class JournalTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_writer_beside_a_reader_is_a_clash()
    {
        var journal = new Journal(_time);
        var reader = journal.Enter("reader", Touch.Read("a"), Touch.Write("b"));
        Advance();
        var writer = journal.Enter("writer", Touch.Write("a"));
        Advance();
        writer.Dispose();
        reader.Dispose();
        var clash = Assert.Single(Journal.Clashes(journal.Entries));
        Assert.Equal(("reader", "writer", "a"), (clash.First.Caller, clash.Second.Caller, clash.Resource));
    }

    [Fact]
    public void Readers_side_by_side_and_writers_in_turn_do_not_clash()
    {
        var journal = new Journal(_time);
        using (journal.Enter("one", Touch.Read("a"), Touch.Write("b")))
        using (journal.Enter("two", Touch.Read("a"), Touch.Write("c")))
            Advance();
        using (journal.Enter("three", Touch.Write("a")))
            Advance();
        Assert.Empty(Journal.Clashes(journal.Entries));
    }

    [Fact]
    public void A_call_that_has_not_ended_clashes_with_those_that_come_later()
    {
        var journal = new Journal(_time);
        using var open = journal.Enter("open", Touch.Write("a"));
        Advance();
        using (journal.Enter("later", Touch.Read("a")))
            Advance();
        Assert.Single(Journal.Clashes(journal.Entries));
    }

    private void Advance() => _time.Advance(TimeSpan.FromSeconds(1));
}
