using Dibs.Redis.Connections;
using Dibs.Redis.Records;
using Dibs.Redis.Scripts;
using Dibs.Stores;

namespace Dibs.Redis.Reading;

/// <summary>
/// Reads the state of a namespace for people, in bounded steps, so that a large namespace does not stand still for one who
/// looks at it. Each step is one view; between them the store may change.
/// </summary>
internal sealed class Surveyor
{
    private const int ResourcesShown = 1000;
    private const int ResourcesPerStep = 100;
    private const string Beginning = "0";

    private readonly StepRunner _steps;
    private readonly CancellationToken _cancellationToken;
    private Survey? _survey;

    private Surveyor(StepRunner steps, CancellationToken cancellationToken) => (_steps, _cancellationToken) = (steps, cancellationToken);

    public static async ValueTask<Survey> SurveyAsync(StepRunner steps, SurveyParts parts, CancellationToken cancellationToken)
    {
        var surveyor = new Surveyor(steps, cancellationToken);
        var queues = parts.HasFlag(SurveyParts.Queues) ? await surveyor.QueuesAsync() : [];
        var workers = parts.HasFlag(SurveyParts.Workers) ? await surveyor.WorkersAsync() : [];
        var resources = parts.HasFlag(SurveyParts.Resources) ? await surveyor.ResourcesAsync() : [];
        if (surveyor._survey is null)
            await surveyor.ReadAsync(new StepArguments().Add("places").Add(0));
        return surveyor._survey! with { Queues = queues, Workers = workers, Resources = resources };
    }

    /// <summary>One step. What every answer begins with counts as it was in the first of them.</summary>
    private async ValueTask<StepReply> ReadAsync(StepArguments arguments)
    {
        var reply = await _steps.RunAsync(Script.Survey, arguments, Lane.Work, _cancellationToken);
        var survey = new Survey { Now = WaitAnswer.Time(reply), Ticket = reply.Int64(), Pending = reply.Int32() };
        _survey ??= survey;
        return reply;
    }

    private async ValueTask<QueueRecord[]> QueuesAsync()
    {
        var workers = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var counts = new Dictionary<string, SortedDictionary<JobState, long>>(StringComparer.Ordinal);
        string? served = Beginning, counted = Beginning;
        while (served is not null || counted is not null)
        {
            var reply = await ReadAsync(new StepArguments().Add("queues").Add(served).Add(counted));
            (served, counted) = (reply.TextOrNull(), reply.TextOrNull());
            foreach (var (queue, count) in reply.Many(reply.Int32() / 2, item => (item.Text(), item.Int32())))
                workers[queue] = count;
            foreach (var (field, count) in reply.Rest(item => (item.Text(), item.Int64())))
            {
                if (!counts.TryGetValue(field[1..], out var states))
                    counts.Add(field[1..], states = []);
                states[(JobState)(field[0] - '0')] = count;
            }
        }
        var oldest = await OldestAsync([.. counts.Where(queue => queue.Value.ContainsKey(JobState.Ready)).Select(queue => queue.Key)]);
        return [.. counts.Keys.Union(workers.Keys).Order(StringComparer.Ordinal).Select(name => new QueueRecord
        {
            Name = name,
            Counts = counts.TryGetValue(name, out var states) ? states : new SortedDictionary<JobState, long>(),
            Workers = workers.GetValueOrDefault(name),
            OldestReadyAt = oldest.GetValueOrDefault(name),
        })];
    }

    private async ValueTask<Dictionary<string, DateTimeOffset?>> OldestAsync(string[] queues)
    {
        var oldest = new Dictionary<string, DateTimeOffset?>(StringComparer.Ordinal);
        while (oldest.Count < queues.Length)
        {
            var asked = queues[oldest.Count..Math.Min(queues.Length, oldest.Count + ResourcesPerStep)];
            var reply = await ReadAsync(new StepArguments().Add("oldest").AddAll(asked, (list, name) => list.Add(name)));
            foreach (var (name, at) in asked.Zip(reply.Many(reply.Int32(), item => JobFacts.Time(item.Int64()))))
                oldest.Add(name, at);
        }
        return oldest;
    }

    private async ValueTask<WorkerRecord[]> WorkersAsync()
    {
        var workers = new Dictionary<string, WorkerRecord>(StringComparer.Ordinal);
        for (string? cursor = Beginning; cursor is not null;)
        {
            var reply = await ReadAsync(new StepArguments().Add("workers").Add(cursor));
            cursor = reply.TextOrNull();
            foreach (var worker in reply.Rest(ReadWorker))
                workers[worker.Registration.Incarnation] = worker;
        }
        return [.. workers.Values
            .OrderBy(worker => worker.Registration.Name, StringComparer.Ordinal)
            .ThenBy(worker => worker.StartedAt)
            .ThenBy(worker => worker.Registration.Incarnation, StringComparer.Ordinal)];
    }

    private static WorkerRecord ReadWorker(StepReply reply) => new()
    {
        Registration = WorkerAnswer.Registration(reply),
        StartedAt = WaitAnswer.Time(reply),
        Beat = reply.Int64(),
        BeatAt = WaitAnswer.Time(reply),
        Memory = reply.Int64(),
        Asked = (WorkerRequest)reply.Int32(),
        Overdue = WorkerAnswer.Overdue(reply),
        Jobs = reply.Many(reply.Int32(), item => item.Text()),
    };

    private async ValueTask<List<ResourceRecord>> ResourcesAsync()
    {
        var waitingSince = new Dictionary<string, long>(StringComparer.Ordinal);
        for (string? cursor = Beginning; cursor is not null;)
        {
            var reply = await ReadAsync(new StepArguments().Add("resources").Add(cursor));
            cursor = reply.TextOrNull();
            foreach (var (name, since) in reply.Rest(item => (item.Text(), item.Int64())))
                waitingSince[name] = since == 0 ? long.MaxValue : since;
        }
        var shown = waitingSince.OrderBy(resource => resource.Value).ThenBy(resource => resource.Key, StringComparer.Ordinal).Take(ResourcesShown);
        var resources = new List<ResourceRecord>();
        foreach (var names in shown.Select(resource => resource.Key).Chunk(ResourcesPerStep))
        {
            var reply = await ReadAsync(new StepArguments().Add("places").AddAll(names, (list, name) => list.Add(name)));
            resources.AddRange(reply.Rest(ReadResource));
        }
        return resources;
    }

    private static ResourceRecord ReadResource(StepReply reply)
    {
        var (name, held, capacity, waiting) = (reply.Text(), reply.Int32(), reply.Int32(), reply.Int32());
        var (count, holders) = WaitAnswer.Holders(reply);
        return new ResourceRecord
        {
            Name = name,
            Mode = held switch { < 0 => ReservationMode.Exclusive, 0 => null, > 0 => ReservationMode.Shared },
            Capacity = capacity == 0 ? null : capacity,
            Holders = holders,
            HolderCount = count,
            Line = WaitAnswer.Line(reply),
            WaitingCount = waiting,
        };
    }
}
