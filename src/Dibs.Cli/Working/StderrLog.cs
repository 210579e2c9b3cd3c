using Dibs.Cli.Output;
using Microsoft.Extensions.Logging;

namespace Dibs.Cli.Working;

/// <summary>The log of a worker: one plain line per event on stderr, as files, pipes and the journal want it.</summary>
/// <param name="writer">Where to.</param>
/// <param name="time">For the time at the begin of each line; null under a journal that adds its own.</param>
/// <param name="verbose">With category and stack traces.</param>
internal sealed class StderrLog(TextWriter writer, TimeProvider? time, bool verbose) : ILoggerProvider
{
    private readonly Lock _lock = new();

    public ILogger CreateLogger(string categoryName) => new Line(this, categoryName);

    public void Dispose()
    {
    }

    private void Write(string category, LogLevel level, string message, Exception? exception)
    {
        var at = time is null ? "" : $"{time.GetUtcNow().UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} ";
        var kind = level switch
        {
            LogLevel.Warning => "warning: ",
            LogLevel.Error => "error: ",
            LogLevel.Critical => "critical: ",
            _ => "",
        };
        var what = exception is null ? "" : $" {exception.GetType().Name}: {exception.Message}";
        lock (_lock)
        {
            writer.WriteLine($"{at}{kind}{(verbose ? $"{category}: " : "")}{Printable.Line(message + what)}");
            if (verbose && exception is not null)
                writer.WriteLine(Printable.Lines(exception.ToString()));
        }
    }

    private sealed class Line(StderrLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Write(category, logLevel, formatter(state, exception), exception);
    }
}
