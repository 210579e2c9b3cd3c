using Dibs.Bench.Bare;

namespace Dibs.Bench;

/// <summary>One measured run: what the scenes have in common.</summary>
internal sealed class Session(BenchTarget target, Sizes sizes, IBareStore bare, Action<string> say)
{
    private readonly List<Figure> _figures = [];

    public BenchTarget Target => target;

    public Sizes Sizes => sizes;

    public IBareStore Bare => bare;

    public IReadOnlyList<Figure> Figures => _figures;

    /// <summary>Tells whoever watches what is being measured.</summary>
    public void Say(string what) => say(what);

    public void Add(params IEnumerable<Series> series) => _figures.AddRange(series.Select(one => one.ToFigure()));

    /// <summary>Measures so often as the sizes say, after once for nothing: code is compiled and files are grown by then.</summary>
    /// <param name="what">What is being measured, for whoever watches.</param>
    /// <param name="measure">Measures once.</param>
    /// <param name="keep">Keeps what was measured.</param>
    public async Task RepeatAsync<T>(string what, Func<Task<T>> measure, Action<T> keep)
    {
        for (var run = 0; run <= sizes.Runs; run++)
        {
            say(run == 0 ? $"{what}: warming up" : $"{what}: run {run} of {sizes.Runs}");
            var measured = await measure();
            if (run > 0)
                keep(measured);
        }
    }
}

/// <summary>A part of a measured run.</summary>
internal interface IScene
{
    /// <summary>Measures, and adds its figures to the session. The store is empty before and after.</summary>
    Task RunAsync(Session session, CancellationToken cancellationToken);
}
