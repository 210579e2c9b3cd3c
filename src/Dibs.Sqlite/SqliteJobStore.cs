using Dibs.Sqlite.Files;
using Dibs.Sqlite.Reading;
using Dibs.Sqlite.Steps;
using Dibs.Stores;

namespace Dibs.Sqlite;

/// <summary>
/// The embedded store: one SQLite file that several processes of one machine share. What it answered is on the disk. One
/// thread writes, many steps in one transaction; reads go beside it and wait for nobody.
/// </summary>
/// <remarks>
/// Beside the file stand SQLite's own <c>-wal</c> and <c>-shm</c>, <c>-writer</c> (where writers of all processes queue) and
/// <c>-wake</c> (through which processes wake each other). The file must be on a local disk.
/// </remarks>
public sealed class SqliteJobStore : IJobStore
{
    /// <summary>How long a step waits for writers of other processes before it fails as <c>store-locked</c>.</summary>
    public static TimeSpan DefaultLockTimeout { get; } = TimeSpan.FromSeconds(10);

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly TimeSpan _lockTimeout;
    private readonly WakeUps _wakeUps;
    private readonly SemaphoreSlim _opening = new(1);
    private OpenStore? _open;

    /// <summary>A namespace of a store file. Nothing is opened before <see cref="OpenAsync"/>.</summary>
    /// <param name="path">The file, absolute or relative to the current directory. It is created if it is not there; its directory must exist.</param>
    /// <param name="namespace">The namespace.</param>
    /// <param name="time">The clock of the store. Default: that of the system.</param>
    /// <param name="lockTimeout">How long a step waits for writers of other processes. Default: <see cref="DefaultLockTimeout"/>.</param>
    public SqliteJobStore(string path, string @namespace, TimeProvider? time = null, TimeSpan? lockTimeout = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(@namespace);
        _path = Path.GetFullPath(path);
        Namespace = @namespace;
        _time = time ?? TimeProvider.System;
        _lockTimeout = lockTimeout ?? DefaultLockTimeout;
        _wakeUps = new WakeUps(_time);
    }

    /// <inheritdoc/>
    public string Namespace { get; }

    private long Now => StoreTime.ToMicroseconds(_time.GetUtcNow());

    private OpenStore Opened => _open ?? throw new InvalidOperationException($"The store '{_path}' is not open; call OpenAsync first.");

    /// <inheritdoc/>
    public async ValueTask<StoreDescription> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _open ??= OpenStore.Open(_path, Namespace, _time, _lockTimeout, _wakeUps);
        }
        finally
        {
            _opening.Release();
        }
        return new StoreDescription("sqlite", _path, Schema.Version);
    }

    /// <inheritdoc/>
    public ValueTask<EnqueueReply> EnqueueAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancellationToken) =>
        WriteAsync(step => Enqueuer.Run(step, jobs), cancellationToken);

    /// <inheritdoc/>
    public ValueTask RegisterAsync(WorkerRegistration worker, CancellationToken cancellationToken) =>
        new(Opened.Writer.Do(step => Pulse.Register(step, worker), urgent: false, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<ExchangeReply> ExchangeAsync(ExchangeRequest request, CancellationToken cancellationToken) =>
        WriteAsync(step => Exchanger.Run(step, request), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<HeartbeatReply> HeartbeatAsync(HeartbeatRequest request, CancellationToken cancellationToken) =>
        WriteAsync(step => Pulse.Beat(step, request), cancellationToken, urgent: true);

    /// <inheritdoc/>
    public ValueTask<RescueReply> RescueAsync(ObservedBeat observed, CancellationToken cancellationToken) =>
        WriteAsync(step => Pulse.Rescue(step, observed), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask ReportAsync(IReadOnlyList<JobReport> reports, CancellationToken cancellationToken) =>
        _ = await WriteAsync(step => Reporter.Run(step, reports), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<ChangeReply> ChangeAsync(ChangeKind change, IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        WriteAsync(step => Changer.Run(step, change, ids), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TendReply> TendAsync(Retention retention, CancellationToken cancellationToken) =>
        WriteAsync(step => Tender.Run(step, retention), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredJob>> GetAsync(IReadOnlyList<string> ids, JobParts parts, CancellationToken cancellationToken) =>
        Read(view => JobReader.Get(view, ids, parts));

    /// <inheritdoc/>
    public ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken) => Read(view => JobLister.List(view, query));

    /// <inheritdoc/>
    public ValueTask<WhyRecord?> WhyAsync(string id, CancellationToken cancellationToken) => Read(view => WhyReader.Why(view, id));

    /// <inheritdoc/>
    public ValueTask<Survey> SurveyAsync(SurveyParts parts, CancellationToken cancellationToken) => Read(view => Surveyor.Survey(view, parts));

    /// <inheritdoc/>
    public ValueTask<VerifyReply> VerifyAsync(string? cursor, bool repair, CancellationToken cancellationToken) => repair
        ? WriteAsync(step => Verifier.Run(step.Sql, step.Ns, cursor, new Repairer(step.Sql, step.Ns)), cancellationToken)
        : Read(view => Verifier.Run(view.Sql, view.Ns, cursor, repairer: null));

    /// <inheritdoc/>
    public IWakeUp Listen(WakeFilter filter) => _wakeUps.Listen(filter);

    /// <summary>Lets what was asked be done, and closes the file.</summary>
    public ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _open, null)?.Dispose();
        _opening.Dispose();
        return ValueTask.CompletedTask;
    }

    private ValueTask<T> WriteAsync<T>(Func<Step, T> step, CancellationToken cancellationToken, bool urgent = false) =>
        new(Opened.Writer.Do(step, urgent, cancellationToken));

    private ValueTask<T> Read<T>(Func<View, T> read)
    {
        var open = Opened;
        return new ValueTask<T>(open.File.Read(sql => read(new View(sql, open.Ns, Namespace, Now))));
    }
}
