using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dibs.Jobs;

namespace Dibs.Tests.Jobs;

/// <summary>What a method gets is what the caller gave, or the caller is told.</summary>
public class ValueJsonTests
{
    public static TheoryData<object, Type, string> Kept => new()
    {
        { "größe 😀 \0\u001b", typeof(string), "\"größe \\uD83D\\uDE00 \\u0000\\u001B\"" },
        { 79228162514264337593543950335m, typeof(decimal), "79228162514264337593543950335" },
        { 2.50m, typeof(decimal), "2.50" },
        { Int128.MaxValue, typeof(Int128), "170141183460469231731687303715884105727" },
        { new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(5.5)), typeof(DateTimeOffset), "\"2026-01-02T03:04:05.678+05:30\"" },
        { new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Unspecified), typeof(DateTime), "\"2026-01-02T03:04:05\"" },
        { new byte[] { 1, 2 }, typeof(ReadOnlyMemory<byte>), "\"AQI=\"" },
        { new Dictionary<int, string> { [1] = "a" }, typeof(Dictionary<int, string>), """{"1":"a"}""" },
        { new Dictionary<DayOfWeek, string?> { [DayOfWeek.Friday] = null }, typeof(Dictionary<DayOfWeek, string?>), """{"Friday":null}""" },
        { new Dictionary<string, object?> { ["b"] = 1, ["a"] = new[] { 1.5 } }, typeof(IReadOnlyDictionary<string, object?>), """{"b":1,"a":[1.5]}""" },
        { new HashSet<string>(["c", "a"]), typeof(HashSet<string>), """["c","a"]""" },
        { new Queue<int>([1, 2]), typeof(Queue<int>), "[1,2]" },
        { (1, (Name: "x", 2.5)), typeof((int, (string, double))), """{"item1":1,"item2":{"item1":"x","item2":2.5}}""" },
        { new Pair<List<Animal>>([new("Rex")]), typeof(Pair<List<Animal>>), """{"value":[{"name":"Rex"}]}""" },
        { new[] { (Shape)new Circle(3) }, typeof(Shape[]), """[{"$type":"circle","radius":3}]""" },
        { new Nickname("Rex"), typeof(Animal), """{"name":"Rex"}""" },
        { JsonElement.Parse("""{"a":[1, null]}"""), typeof(JsonElement), """{"a":[1,null]}""" },
    };

    [Theory, MemberData(nameof(Kept), DisableDiscoveryEnumeration = true)]
    public void What_comes_back_as_it_was_is_stored(object value, Type type, string json) =>
        Assert.Equal(json, ValueJson.Write(value is byte[] bytes && type != typeof(byte[]) ? new ReadOnlyMemory<byte>(bytes) : value, type, "It").GetRawText());

    public static TheoryData<object, Type, string> Lost => new()
    {
        { BigInteger.Parse("123456789012345678901234567890"), typeof(BigInteger), "would not come back as it is" },
        { new Complex(1, 2), typeof(Complex), "reads back as {\"real\":0,\"imaginary\":0" },
        { new Stack<int>([1, 2, 3]), typeof(Stack<int>), "its JSON [3,2,1] reads back as [1,2,3]" },
        { new InvalidOperationException("Lost."), typeof(Exception), "would not come back as it is" },
        { new ReadOnlyList { Items = { 1 } }, typeof(ReadOnlyList), "its JSON {\"items\":[1]} reads back as {\"items\":[]}. Pass an id, or a plain record" },
        { new List<Animal> { new("Rex"), new Dog("Bello", 3) }, typeof(List<Animal>), "a Dibs.Tests.Jobs.Dog in it is declared as Dibs.Tests.Jobs.Animal and would lose" },
        { new Pair<Animal>(new Dog("Bello", 3)), typeof(Pair<Animal>), "[JsonDerivedType]" },
        { JsonElement.Parse("\"\\ud83d\""), typeof(JsonElement), "It (System.Text.Json.JsonElement) cannot be stored as JSON" },
        { default(JsonElement), typeof(JsonElement), "cannot be stored as JSON" },
        { new List<double> { double.PositiveInfinity }, typeof(List<double>), "cannot be written as valid JSON" },
        { new Dictionary<(int, int), int> { [(1, 2)] = 3 }, typeof(Dictionary<(int, int), int>), "not a supported dictionary key" },
        { new int[2, 2], typeof(int[,]), "not supported" },
    };

    [Fact]
    public void Half_a_surrogate_pair_is_refused_wherever_it_stands()
    {
        Refused("a\ud83d", typeof(string), "the text 'a\\ud83d' has half a surrogate pair at position 2. Mend the text.");
        Refused("😀\udc00\ud83d", typeof(string), "at position 3");
        Refused(new Pair<string>("a\ud83d"), typeof(Pair<string>), "half a surrogate pair");
        Refused(new Dictionary<string, int> { ["a\ud83d"] = 1 }, typeof(Dictionary<string, int>), "half a surrogate pair");
        Refused(JsonElement.Parse("\"\\ud83d\""), typeof(JsonElement), "It (System.Text.Json.JsonElement) cannot be stored as JSON");
    }

    [Theory, MemberData(nameof(Lost), DisableDiscoveryEnumeration = true)]
    public void What_would_be_lost_or_changed_is_refused(object value, Type type, string message) => Refused(value, type, message);

    [Fact]
    public void By_position_or_name_a_value_is_taken_as_what_it_is()
    {
        Assert.Equal("""{"age":3,"name":"Bello"}""", ValueJson.Write(new Dog("Bello", 3), "It").GetRawText());
        Assert.Equal("argument-not-json", Assert.Throws<JobRefusedException>(() => ValueJson.Write(default(JsonElement), "It")).Code);
        Assert.Equal(JsonValueKind.Null, ValueJson.Write(null, "It").ValueKind);
    }

    private static void Refused(object value, Type type, string message)
    {
        var error = Assert.Throws<JobRefusedException>(() => ValueJson.Write(value, type, "It"));
        Assert.Equal("argument-not-json", error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}

public sealed record Pair<T>(T Value);

public sealed record Nickname(string Name) : Animal(Name);

public sealed class ReadOnlyList
{
    public List<int> Items { get; } = [];
}

[JsonDerivedType(typeof(Circle), "circle")]
public record Shape;

public sealed record Circle(int Radius) : Shape;
