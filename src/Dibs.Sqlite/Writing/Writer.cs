using Dibs.Faults;
using Dibs.Sqlite.Files;
using Dibs.Sqlite.Raw;
using Dibs.Sqlite.Steps;
using Dibs.Stores;

namespace Dibs.Sqlite.Writing;

/// <summary>
/// The one writer of a store in this process: a thread that gathers what arrives into one transaction, each step in a
/// savepoint of its own, and answers after it is stored on the disk. What arrives meanwhile makes up the next transaction.
/// </summary>
internal sealed class Writer : IDisposable
{
    /// <summary>Most steps in one transaction, and when a transaction takes no more of them: what bounds the wait of others.</summary>
    private const int OperationsPerTransaction = 500;
    private static readonly TimeSpan TransactionLength = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan OverdueLook = TimeSpan.FromMilliseconds(100);

    private readonly OperationQueue _queue = new();
    private readonly Connection _sql;
    private readonly WriterLine _line;
    private readonly long _ns;
    private readonly Func<long> _now;
    private readonly Action<Hints> _tell;
    private readonly TimeSpan _lockTimeout;
    private readonly Thread _thread;

    /// <param name="sql">The connection that writes; the writer disposes it.</param>
    /// <param name="line">Where writers of all processes queue; the writer disposes it.</param>
    /// <param name="ns">Number of the namespace.</param>
    /// <param name="now">The store's time in microseconds since 1970.</param>
    /// <param name="tell">Called on the thread of the writer with what a transaction made happen, after it is stored.</param>
    /// <param name="lockTimeout">How long a step waits for writers of other processes.</param>
    public Writer(Connection sql, WriterLine line, long ns, Func<long> now, Action<Hints> tell, TimeSpan lockTimeout)
    {
        (_sql, _line, _ns, _now, _tell, _lockTimeout) = (sql, line, ns, now, tell, lockTimeout);
        _thread = new Thread(Write) { IsBackground = true, Name = "Dibs SQLite writer" };
        _thread.Start();
    }

    /// <summary>Queues a step. Urgent ones go first.</summary>
    public Task<T> Do<T>(Func<Step, T> step, bool urgent, CancellationToken cancellationToken)
    {
        FaultPoint.PassSteps(ref step);
        var operation = new Operation<T>(step, cancellationToken);
        _queue.Add(operation, urgent);
        return operation.Answered;
    }

    /// <summary>Lets what is queued be done, but waits no longer than for a lock: the thread closes the files when it gets that far.</summary>
    public void Dispose()
    {
        _queue.Close();
        _thread.Join(_lockTimeout);
    }

    private void Write()
    {
        var batch = new List<Operation>(OperationsPerTransaction);
        var failed = new List<(Operation, Exception)>();
        while (_queue.WaitForAny())
        {
            batch.Clear();
            failed.Clear();
            WriteBatch(batch, failed);
        }
        _sql.Dispose();
        _line.Dispose();
    }

    private void WriteBatch(List<Operation> batch, List<(Operation Operation, Exception Failure)> failed)
    {
        try
        {
            _line.Enter(FailOverdue);
            try
            {
                WriteTransaction(batch, failed);
            }
            finally
            {
                _line.Leave();
            }
        }
        catch (Exception failure)
        {
            // Whatever it is, it belongs to those who wait for an answer; where no transaction began, to all who wait for one.
            FailAll(batch.Count > 0 ? batch : _queue.TakeOverdue(TimeSpan.Zero), failure);
            batch.Clear();
            RollBack();
        }
        foreach (var operation in batch)
            operation.Answer();
        foreach (var (operation, failure) in failed)
            operation.Fail(failure);
        var hints = new Hints();
        foreach (var operation in batch)
            hints.Add(operation.Hints);
        if (!hints.IsEmpty)
            _tell(hints);
    }

    private void WriteTransaction(List<Operation> batch, List<(Operation, Exception)> failed)
    {
        _sql.RequireInPlace();
        _sql.Run("BEGIN IMMEDIATE");
        Schema.RequireKnown(_sql);
        var began = TimeProvider.System.GetTimestamp();
        while (batch.Count + failed.Count < OperationsPerTransaction && TimeProvider.System.GetElapsedTime(began) < TransactionLength && _queue.Take() is { } operation)
        {
            if (operation.IsCanceled)
                continue;
            batch.Add(operation);
            if (RunStep(operation) is { } failure)
            {
                batch.RemoveAt(batch.Count - 1);
                failed.Add((operation, failure));
            }
        }
        _sql.Run("COMMIT");
        // Only what is in the file at its path by now is acknowledged.
        _sql.RequireInPlace(hasWritten: true);
    }

    /// <summary>Does one step; when it throws, it is undone alone.</summary>
    private Exception? RunStep(Operation operation)
    {
        _sql.Run("SAVEPOINT step");
        try
        {
            var step = new Step(_sql, _ns, _now(), operation.Hints);
            operation.Run(step);
            step.Save();
            _sql.Run("RELEASE step");
            return null;
        }
        catch (Exception failure) when (_sql.InTransaction)
        {
            _sql.Run("ROLLBACK TO step");
            _sql.Run("RELEASE step");
            return failure;
        }
    }

    private void RollBack()
    {
        if (_sql.InTransaction)
            _sql.Run("ROLLBACK");
    }

    private static void FailAll(List<Operation> batch, Exception failure)
    {
        foreach (var operation in batch)
            operation.Fail(failure);
    }

    /// <summary>While the turn of this process does not come, fails what waits too long.</summary>
    private ITimer FailOverdue() => TimeProvider.System.CreateTimer(_ =>
    {
        foreach (var operation in _queue.TakeOverdue(_lockTimeout))
        {
            operation.Fail(new StoreException("store-locked",
                $"The store was locked by {_line.Holder()} for more than {_lockTimeout.TotalSeconds:0.#} s; let that process go on, or end it, and try again."));
        }
    }, null, OverdueLook, OverdueLook);
}
