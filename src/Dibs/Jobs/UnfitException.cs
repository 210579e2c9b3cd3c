namespace Dibs.Jobs;

/// <summary>
/// A method and what is stored do not fit: the arguments are not (or no longer) those of the method, or its result cannot be stored. A type
/// of its own, never taken for a refusal that the code of the job met itself, as when it enqueues another one.
/// </summary>
/// <param name="code">A short stable name, such as <c>argument-not-convertible</c>.</param>
/// <param name="message">What does not fit, and what to do.</param>
/// <param name="inner">What lay below, if anything.</param>
internal sealed class UnfitException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Code => code;
}
