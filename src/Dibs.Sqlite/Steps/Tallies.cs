using Dibs.Sqlite.Raw;

namespace Dibs.Sqlite.Steps;

/// <summary>How a step changed the number of jobs by queue and state: gathered, and written once at its end.</summary>
internal sealed class Tallies
{
    private readonly Dictionary<(string Queue, JobState State), long> _changes = [];

    public void Add(string queue, JobState state, int difference)
    {
        _changes.TryGetValue((queue, state), out var known);
        _changes[(queue, state)] = known + difference;
    }

    public void Save(Connection sql, long ns)
    {
        foreach (var ((queue, state), difference) in _changes)
        {
            if (difference != 0)
                sql.Use(Sql.TallyAdd).Bind(ns).Bind(queue).Bind((int)state).Bind(difference).Run();
            if (difference < 0)
                sql.Use(Sql.TallyDrop).Bind(ns).Bind(queue).Bind((int)state).Run();
        }
    }
}
