using System.Globalization;
using Dibs.Workers;
using Microsoft.Extensions.Logging;

namespace Dibs.Tests.Simulation;

/// <summary>
/// One thread, one clock, one seed: everything that is started in here runs on the calling thread, in an order that the
/// seed decides, and time goes on only when nothing else can. What tries to come back from another thread is a failure.
/// </summary>
internal sealed class SimulatedWorld(int seed) : SynchronizationContext
{
    private readonly SimulatedTime _time = new();
    private readonly Random _random = new(seed);
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly List<(SendOrPostCallback Callback, object? State)> _ready = [];
    private readonly List<string> _trace = [];
    private string? _escape;

    public int Seed => seed;
    public TimeProvider Time => _time;
    public TimeSpan Elapsed => _time.Elapsed;
    public bool ProcessEnded { get; private set; }

    /// <summary>What was logged, with times.</summary>
    public IReadOnlyList<string> Trace => _trace;


    public ILogger Logger => field ??= new TraceLogger(this);

    /// <summary>Runs until the work has ended.</summary>
    public static void Run(int seed, Func<SimulatedWorld, Task> work)
    {
        var world = new SimulatedWorld(seed);
        world.RunToEnd(() => work(world));
    }

    public void RunToEnd(Func<Task> work)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var task = work();
            while (!task.IsCompleted)
            {
                if (_escape is not null)
                    throw new InvalidOperationException($"Work left the simulated thread (seed {seed}):\n{_escape}");
                if (!RunOne() && !_time.FireNext())
                    throw new InvalidOperationException($"Nothing can happen any more (seed {seed}).\n{string.Join('\n', _trace.TakeLast(30))}");
                if (_time.Elapsed > TimeSpan.FromMinutes(20))
                    throw new InvalidOperationException($"20 simulated minutes have passed (seed {seed}).\n{string.Join('\n', _trace.TakeLast(30))}");
            }
            task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public Task Delay(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), _time, TestContext.Current.CancellationToken);

    public Surroundings Surroundings => SurroundingsWith(_time);

    /// <summary>What a worker in this world has of it, with a clock on its own wall.</summary>
    public Surroundings SurroundingsWith(TimeProvider clock) => new SimulatedSurroundings(this, clock);

    public void Note(string text) => _trace.Add(string.Create(CultureInfo.InvariantCulture, $"{_time.Elapsed.TotalSeconds:0.000000} {text}"));

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId != _thread)
            _escape ??= Environment.StackTrace;
        else
            _ready.Add((d, state));
    }

    private bool RunOne()
    {
        if (_ready.Count == 0)
            return false;
        var index = _random.Next(_ready.Count);
        var (callback, state) = _ready[index];
        _ready.RemoveAt(index);
        callback(state);
        return true;
    }

    private sealed class SimulatedSurroundings(SimulatedWorld world, TimeProvider clock) : Surroundings
    {
        public override TimeProvider Time => clock;
        public override Random Random => world._random;
        public override long Memory => 64 * 1024 * 1024;
        public override void EndProcess() => world.ProcessEnded = true;

        public override Surroundings OnOwnThread(string name) => this;

        public override void StartAlone(Action callback) => world.Post(_ => callback(), null);

        public override void ReserveThreads(int blocking)
        {
            // All that runs here shares the one thread.
        }

        public override Task Start(Func<Task> work)
        {
            var done = new TaskCompletionSource<Task>();
            world.Post(_ => done.SetResult(work()), null);
            return done.Task.Unwrap();
        }
    }

    private sealed class TraceLogger(SimulatedWorld world) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            world.Note(exception is null ? formatter(state, null) : $"{formatter(state, null)} {exception}");
    }
}
