namespace Dibs.Cli.Output;

/// <summary>What color means: one color per state, everywhere.</summary>
internal static class Styles
{
    public const string Faint = "grey";
    public const string Strong = "bold";
    public const string Alarm = "red";

    public static string Of(JobState state) => state switch
    {
        JobState.Scheduled => "grey",
        JobState.Blocked => "yellow",
        JobState.Ready => "aqua",
        JobState.Running => "blue",
        JobState.Canceling => "olive",
        JobState.Completed => "green",
        JobState.Failed => "red",
        JobState.Canceled => "grey",
    };
}
