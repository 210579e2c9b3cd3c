using System.Reflection;

namespace Dibs.Sqlite.Raw;

/// <summary>The statements of the folder Sql by name.</summary>
internal static class Sql
{
    private static readonly List<SqlText> Loaded = [];

    public static readonly SqlText AttemptInsert = Load("attempt-insert");
    public static readonly SqlText AttemptsOf = Load("attempts-of");
    public static readonly SqlText AttemptsTrim = Load("attempts-trim");
    public static readonly SqlText ClaimRead = Load("claim-read");
    public static readonly SqlText ContentInsert = Load("content-insert");
    public static readonly SqlText ContentRead = Load("content-read");
    public static readonly SqlText CountersLoad = Load("counters-load");
    public static readonly SqlText CountersSave = Load("counters-save");
    public static readonly SqlText CreatedAdd = Load("created-add");
    public static readonly SqlText CreatedOf = Load("created-of");
    public static readonly SqlText DependenciesOf = Load("dependencies-of");
    public static readonly SqlText DependenciesUnended = Load("dependencies-unended");
    public static readonly SqlText DependencyInsert = Load("dependency-insert");
    public static readonly SqlText DependencyTold = Load("dependency-told");
    public static readonly SqlText DependentFirst = Load("dependent-first");
    public static readonly SqlText DueFirst = Load("due-first");
    public static readonly SqlText DueNext = Load("due-next");
    public static readonly SqlText FinalCount = Load("final-count");
    public static readonly SqlText FinalFirst = Load("final-first");
    public static readonly SqlText JobAdmit = Load("job-admit");
    public static readonly SqlText JobBlockers = Load("job-blockers");
    public static readonly SqlText JobById = Load("job-by-id");
    public static readonly SqlText JobBySeq = Load("job-by-seq");
    public static readonly SqlText JobCanceling = Load("job-canceling");
    public static readonly SqlText JobClaim = Load("job-claim");
    public static readonly SqlText JobDelete = Load("job-delete");
    public static readonly SqlText JobDue = Load("job-due");
    public static readonly SqlText JobEnd = Load("job-end");
    public static readonly SqlText JobInsert = Load("job-insert");
    public static readonly SqlText JobReady = Load("job-ready");
    public static readonly SqlText JobRetry = Load("job-retry");
    public static readonly SqlText JobReturn = Load("job-return");
    public static readonly SqlText JobSeq = Load("job-seq");
    public static readonly SqlText JobTold = Load("job-told");
    public static readonly SqlText JobUnnamed = Load("job-unnamed");
    public static readonly SqlText JobsRunning = Load("jobs-running");
    public static readonly SqlText LabelHas = Load("label-has");
    public static readonly SqlText LabelInsert = Load("label-insert");
    public static readonly SqlText LabelsOf = Load("labels-of");
    public static readonly SqlText LineAhead = Load("line-ahead");
    public static readonly SqlText LineFirst = Load("line-first");
    public static readonly SqlText ListByLabel = Load("list-by-label");
    public static readonly SqlText ListByResource = Load("list-by-resource");
    public static readonly SqlText ListByState = Load("list-by-state");
    public static readonly SqlText LogDeleteBefore = Load("log-delete-before");
    public static readonly SqlText LogForget = Load("log-forget");
    public static readonly SqlText LogInsert = Load("log-insert");
    public static readonly SqlText LogLast = Load("log-last");
    public static readonly SqlText LogOf = Load("log-of");
    public static readonly SqlText LogTrim = Load("log-trim");
    public static readonly SqlText NamespaceAdd = Load("namespace-add");
    public static readonly SqlText NamespaceFind = Load("namespace-find");
    public static readonly SqlText OutcomeInsert = Load("outcome-insert");
    public static readonly SqlText OutcomeOf = Load("outcome-of");
    public static readonly SqlText PendingCount = Load("pending-count");
    public static readonly SqlText PendingDelete = Load("pending-delete");
    public static readonly SqlText PendingDeleteJob = Load("pending-delete-job");
    public static readonly SqlText PendingFirst = Load("pending-first");
    public static readonly SqlText PendingInsert = Load("pending-insert");
    public static readonly SqlText Places = Load("places");
    public static readonly SqlText ProgressOf = Load("progress-of");
    public static readonly SqlText ProgressSet = Load("progress-set");
    public static readonly SqlText QueueOldestReady = Load("queue-oldest-ready");
    public static readonly SqlText QueueServers = Load("queue-servers");
    public static readonly SqlText QueuesServed = Load("queues-served");
    public static readonly SqlText ReadyAhead = Load("ready-ahead");
    public static readonly SqlText ReadyFirst = Load("ready-first");
    public static readonly SqlText RecordBySeq = Load("record-by-seq");
    public static readonly SqlText RepairJob = Load("repair-job");
    public static readonly SqlText ReservationHas = Load("reservation-has");
    public static readonly SqlText ReservationInsert = Load("reservation-insert");
    public static readonly SqlText ReservationPlace = Load("reservation-place");
    public static readonly SqlText ReservationsLeave = Load("reservations-leave");
    public static readonly SqlText ReservationsOf = Load("reservations-of");
    public static readonly SqlText ResourceDelete = Load("resource-delete");
    public static readonly SqlText ResourceLoad = Load("resource-load");
    public static readonly SqlText ResourceRead = Load("resource-read");
    public static readonly SqlText ResourceSave = Load("resource-save");
    public static readonly SqlText Resources = Load("resources");
    public static readonly SqlText SchemaVersion = Load("schema-version");
    public static readonly SqlText Tallies = Load("tallies");
    public static readonly SqlText TallyAdd = Load("tally-add");
    public static readonly SqlText TallyDrop = Load("tally-drop");
    public static readonly SqlText VerifyJobs = Load("verify-jobs");
    public static readonly SqlText VerifyPlaces = Load("verify-places");
    public static readonly SqlText VerifyResourceNext = Load("verify-resource-next");
    public static readonly SqlText VerifyTallies = Load("verify-tallies");
    public static readonly SqlText WhyRead = Load("why-read");
    public static readonly SqlText WorkerAnswer = Load("worker-answer");
    public static readonly SqlText WorkerAsk = Load("worker-ask");
    public static readonly SqlText WorkerAsked = Load("worker-asked");
    public static readonly SqlText WorkerBeat = Load("worker-beat");
    public static readonly SqlText WorkerDelete = Load("worker-delete");
    public static readonly SqlText WorkerExchange = Load("worker-exchange");
    public static readonly SqlText WorkerIncarnation = Load("worker-incarnation");
    public static readonly SqlText WorkerLoad = Load("worker-load");
    public static readonly SqlText WorkerQueueInsert = Load("worker-queue-insert");
    public static readonly SqlText WorkerQueues = Load("worker-queues");
    public static readonly SqlText WorkerQueuesDelete = Load("worker-queues-delete");
    public static readonly SqlText WorkerSave = Load("worker-save");
    public static readonly SqlText Workers = Load("workers");
    public static readonly SqlText WorkersStalest = Load("workers-stalest");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<SqlText> All => Loaded;

    /// <summary>The text of an embedded file.</summary>
    public static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{name}.sql")
            ?? throw new InvalidOperationException($"The file Sql/{name}.sql is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static SqlText Load(string name)
    {
        var text = new SqlText(Loaded.Count, name, Read(name));
        Loaded.Add(text);
        return text;
    }
}
