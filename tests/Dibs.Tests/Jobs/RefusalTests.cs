using System.Linq.Expressions;
using Dibs.Jobs;
using Dibs.Tests.Clients;

namespace Dibs.Tests.Jobs;

/// <summary>What cannot be stored is refused at enqueue, each with a code of its own and a message that names the remedy.</summary>
public class RefusalTests
{
    private static readonly MethodCatalog Catalog = new([typeof(RefusalTests).Assembly]);

    [Fact]
    public void A_method_that_is_not_public() => Refused("method-not-public", "make it and its type public", () => RefusedMethods.Internal());

    [Fact]
    public void A_method_of_a_type_that_is_not_public() => Refused("method-not-public", "InternalType.Run", () => InternalType.Run());

    [Fact]
    public void A_generic_method() => Refused("method-generic", "RefusedMethods.Generic", () => RefusedMethods.Generic(1));

    [Fact]
    public void A_method_of_a_generic_type() => Refused("method-generic", "is generic", JobRequest.Call((GenericType<int> x) => x.Run(1)));

    [Fact]
    public void An_overloaded_method_without_a_name_of_its_own() => Refused("method-overloaded", "[JobName(", () => RefusedMethods.Overloaded(1));

    [Fact]
    public void Overloads_with_names_of_their_own_are_accepted()
    {
        Assert.Equal("named-int", Read(() => RefusedMethods.Named(1)).Method);
        Assert.Equal("named-text", Read(() => RefusedMethods.Named("1")).Method);
    }

    [Fact]
    public void A_lambda()
    {
        Action<int> lambda = id => _ = id;
        Refused("method-lambda", "Make it a public method", JobRequest.Method(lambda, [1]));
        Refused("method-lambda", "Make it a public method", JobRequest.Method((int id) => _ = id, [1]));
        Refused("method-lambda", "Make it a public method", () => lambda(1));
        Expression<Action<int>> compiled = id => Reports.Build(id);
        Refused("method-lambda", "Make it a public method", JobRequest.Method(compiled.Compile(), [1]));
    }

    [Fact]
    public void A_local_function()
    {
        var captured = 1;
        static void Local(int id) => _ = id;
        void Capturing(int id) => captured = id;
        Refused("method-lambda", "Make it a public method", JobRequest.Method(Local, [1]));
        Refused("method-lambda", "Make it a public method", JobRequest.Method(Capturing, [1]));
        Assert.Equal(1, captured);
    }

    [Fact]
    public void A_method_bound_to_an_instance()
    {
        var instance = new RefusedMethods();
        Refused("method-bound", "(RefusedMethods x) => x.OfInstance(…)", JobRequest.Method(instance.OfInstance, [1]));
        Refused("method-bound", "(RefusedMethods x) => x.OfInstance(…)", () => instance.OfInstance(1));
    }

    [Fact]
    public void A_delegate_of_several_methods()
    {
        Action<int> build = Reports.Build;
        Refused("method-several", "calls 2 methods; a job is one call", JobRequest.Method(build + Reports.Build, [1]));
    }

    [Fact]
    public void A_method_whose_name_is_too_long()
    {
        Refused("method-name-too-long", "Give it a shorter name with [JobName", () =>
            RefusedMethods.AMethodWhoseNameIsLongerThanAnyNameThatCouldBeStoredBecauseSomebodyThoughtThatANameShouldTellTheWholeStoryOfTheMethodFromItsFirstLineToItsLastOneWithAllItsTurnsAndReturnsAndExceptionsAndWhatTheyMeanToThoseWhoCallItAndThenGoesOnForAWhileLonger());
    }

    [Fact]
    public void An_async_void_method() => Refused("method-async-void", "Return Task", () => RefusedMethods.Void());

    [Theory]
    [InlineData(nameof(RefusedMethods.ByRef))]
    [InlineData(nameof(RefusedMethods.ByOut))]
    [InlineData(nameof(RefusedMethods.ByIn))]
    [InlineData(nameof(RefusedMethods.BySpan))]
    [InlineData(nameof(RefusedMethods.ByPointer))]
    public void A_parameter_that_cannot_be_stored(string method)
    {
        var error = Assert.Throws<JobRefusedException>(() => Catalog.Find(typeof(RefusedMethods), typeof(RefusedMethods).GetMethod(method)!));
        Assert.Equal("method-parameter", error.Code);
        Assert.Contains($"of 'Dibs.Tests.Jobs.RefusedMethods.{method}'", error.Message, StringComparison.Ordinal);
        Assert.False(Catalog.TryFind($"Dibs.Tests.Jobs.RefusedMethods.{method}", out _));
    }

    [Fact]
    public void A_result_that_cannot_be_stored() =>
        Assert.Equal("method-result", Assert.Throws<JobRefusedException>(() => Catalog.Find(typeof(RefusedMethods), typeof(RefusedMethods).GetMethod("ReturnsSpan")!)).Code);

    [Fact]
    public void A_result_that_nobody_would_await()
    {
        Refused("method-result", "which nobody would await to its end", JobRequest.Method(RefusedMethods.ReturnsStream));
        Refused("method-result", "Return Task, ValueTask", JobRequest.Method(RefusedMethods.ReturnsTaskOfTask));
        Refused("method-result", "Dibs.Tests.Jobs.OwnAwaitable", JobRequest.Method(RefusedMethods.ReturnsAwaitable));
        Assert.False(Catalog.TryFind("Dibs.Tests.Jobs.RefusedMethods.ReturnsStream", out _));
    }

    [Fact]
    public void The_remedy_for_an_instance_is_one_that_works()
    {
        Func<int, int> extension = "text".Measure;
        Refused("method-bound", "Write the call as () => TextExtensions.Measure(…)", JobRequest.Method(extension, [1]));
        Assert.Equal(2, Read(() => TextExtensions.Measure("text", 1)).Args.Count);
        Refused("method-not-in-application", "wrap it in a method of yours", JobRequest.Call(() => "text".Trim()));
    }

    [Fact]
    public void A_method_outside_of_the_application()
    {
        Refused("method-not-in-application", "AddMethodsFrom(typeof(File).Assembly)", () => File.Delete("x"));
        Refused("method-not-in-application", "System.Private.CoreLib", JobRequest.Method(File.Delete, ["x"]));
        Expression<Action<Inheriting>> inherited = list => list.Clear();
        Refused("method-not-in-application", "System.Private.CoreLib", JobRequest.Call(inherited));
        Assert.Equal("unknown-method", Assert.Throws<JobRefusedException>(() => JobRequest.Method("System.IO.File.Delete", ["x"]).Read(Catalog)).Code);
    }

    [Fact]
    public void Something_else_than_a_call()
    {
        Expression<Func<RefusedMethods, string>> property = x => x.Name;
        Assert.Equal("not-a-call", Assert.Throws<JobRefusedException>(() => JobRequest.Of(property, null).Read(Catalog)).Code);
        Expression<Func<int>> sum = () => 1 + 1;
        Assert.Equal("not-a-call", Assert.Throws<JobRefusedException>(() => JobRequest.Of(sum, null).Read(Catalog)).Code);
        Expression<Func<ServiceCalls, string>> other = x => x.Text(1).Trim();
        Assert.Equal("not-a-call", Assert.Throws<JobRefusedException>(() => JobRequest.Of(other, null).Read(Catalog)).Code);
    }

    [Fact]
    public void An_argument_that_cannot_become_JSON()
    {
        using var stream = new MemoryStream();
        Action action = () => { };
        var (self, lost) = (new Selfish(), double.NaN);
        Refused("argument-not-json", "Argument 'stream'", () => RefusedMethods.TakesStream(stream));
        Refused("argument-not-json", "Argument 'action'", () => RefusedMethods.TakesDelegate(action));
        Refused("argument-not-json", "Argument 'self'", () => RefusedMethods.TakesSelf(self));
        Refused("argument-not-json", "Argument 'value'", () => RefusedMethods.TakesDouble(lost));
        Refused("argument-not-json", "Argument 1", JobRequest.Method(RefusedMethods.TakesDelegate, [action]));
    }

    [Fact]
    public void An_argument_that_would_lose_a_part()
    {
        var dog = new Dog("Rex", 3);
        Refused("argument-not-json", "Argument 'animal' of 'Dibs.Tests.Jobs.RefusedMethods.TakesBase' cannot be stored as it is: "
            + "a Dibs.Tests.Jobs.Dog in it is declared as Dibs.Tests.Jobs.Animal and would lose what Dibs.Tests.Jobs.Dog adds. Declare that type", () => RefusedMethods.TakesBase(dog));
        Animal animal = new("Rex");
        Assert.Equal("""{"name":"Rex"}""", Read(() => RefusedMethods.TakesBase(animal)).Args[0].GetRawText());
    }

    [Fact]
    public void An_argument_that_cannot_be_evaluated()
    {
        Refused("argument-not-evaluated", "it calls 'RefusalTests.Compute'. Put it in a local variable first", () => RefusedMethods.TakesText(Compute()));
        Expression<Action<ServiceCalls>> self = s => s.Nothing(s.Text(1).Length);
        Refused("argument-not-evaluated", "Put it in a local variable first", JobRequest.Call(self));
        string? nothing = null;
        Refused("argument-not-evaluated", "it reads 'Length' of null", () => Reports.Build(nothing!.Length));
        Refused("argument-not-evaluated", "The getter fails", () => RefusedMethods.TakesText(Failing));
    }

    [Fact]
    public void A_real_token()
    {
        using var source = new CancellationTokenSource();
        Refused("argument-token", "Write 'default'", () => RefusedMethods.TakesToken(1, source.Token));
        var canceled = new CancellationToken(canceled: true);
        Refused("argument-token", "Argument 'cancellationToken'", () => RefusedMethods.TakesToken(1, canceled));
        Assert.Single(Read(() => RefusedMethods.TakesToken(1, CancellationToken.None)).Args);
        Assert.Single(Read(() => RefusedMethods.TakesToken(1, default)).Args);
    }

    [Fact]
    public void A_real_context()
    {
        var context = new JobContext(new("a", 1, 1), "default", TimeProvider.System, () => { }, default, default);
        Refused("argument-filled-in", "Write 'default'", () => RefusedMethods.TakesContext(context));
        Assert.Empty(Read(() => RefusedMethods.TakesContext(null)).Args);
    }

    private static string Failing => throw new InvalidOperationException("The getter fails.");

    private static string Compute() => "computed";

    private static JobCall Read(Expression<Action> call) => JobRequest.Call(call).Read(Catalog);

    private static void Refused(string code, string message, Expression<Action> call) => Refused(code, message, JobRequest.Call(call));

    private static void Refused(string code, string message, JobRequest request)
    {
        var error = Assert.Throws<JobRefusedException>(() => request.Read(Catalog));
        Assert.True(error.Code == code, $"{error.Code}: {error.Message}");
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}

public sealed class Inheriting : List<int>;
