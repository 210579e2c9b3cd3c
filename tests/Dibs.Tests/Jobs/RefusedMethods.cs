namespace Dibs.Tests.Jobs;

/// <summary>Methods that no job can call, each for one reason.</summary>
public class RefusedMethods
{
    public string Name => "name";

    public static void Generic<T>(T value) => _ = value;

    public static void Overloaded(int id) => _ = id;

    public static void Overloaded(string id) => _ = id;

    [JobName("named-int")]
    public static void Named(int id) => _ = id;

    [JobName("named-text")]
    public static void Named(string id) => _ = id;

    public static async void Void() => await Task.Yield();

    public static void ByRef(ref int id) => id++;

    public static void ByOut(out int id) => id = 1;

    public static void ByIn(in int id) => _ = id;

    public static void BySpan(ReadOnlySpan<int> ids) => _ = ids.Length;

    public static unsafe void ByPointer(int* id) => _ = *id;

    public static ReadOnlySpan<int> ReturnsSpan() => default;

    public static async IAsyncEnumerable<int> ReturnsStream()
    {
        await Task.Yield();
        yield return 1;
    }

    public static Task<Task<int>> ReturnsTaskOfTask() => Task.FromResult(Task.FromResult(1));

    public static OwnAwaitable ReturnsAwaitable() => new();

    public void OfInstance(int id) => _ = id;

    internal static void Internal() { }

    public static void AMethodWhoseNameIsLongerThanAnyNameThatCouldBeStoredBecauseSomebodyThoughtThatANameShouldTellTheWholeStoryOfTheMethodFromItsFirstLineToItsLastOneWithAllItsTurnsAndReturnsAndExceptionsAndWhatTheyMeanToThoseWhoCallItAndThenGoesOnForAWhileLonger() { }

    public static void TakesStream(Stream stream) => _ = stream;

    public static void TakesBase(Animal animal) => _ = animal;

    public static void TakesDelegate(Action action) => _ = action;

    public static void TakesToken(int id, CancellationToken cancellationToken) => _ = (id, cancellationToken);

    public static void TakesContext(JobContext? context) => _ = context;

    public static void TakesDouble(double value) => _ = value;

    public static void TakesText(string text) => _ = text;

    public static void TakesSelf(Selfish self) => _ = self;
}

public sealed class OwnAwaitable
{
    public System.Runtime.CompilerServices.TaskAwaiter GetAwaiter() => Task.CompletedTask.GetAwaiter();
}

public static class TextExtensions
{
    public static int Measure(this string text, int more) => text.Length + more;
}

public class GenericType<T>
{
    public void Run(T value) => _ = value;
}

public record Animal(string Name);

public sealed record Dog(string Name, int Age) : Animal(Name);

public sealed class Selfish
{
    public Selfish Self => this;
}

internal static class InternalType
{
    public static void Run() { }
}
