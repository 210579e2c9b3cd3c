using System.Reflection;
using System.Reflection.Emit;
using System.Text;
using Dibs.Jobs;

namespace Dibs.Tests.Jobs;

public class MethodCatalogTests
{
    private static readonly MethodCatalog Catalog = new([typeof(MethodCatalogTests).Assembly]);

    [Theory]
    [InlineData("Dibs.Tests.Jobs.CatalogOuter.Inner.Run")]
    [InlineData("Dibs.Tests.Jobs.CatalogBase.Inherited")]
    [InlineData("Dibs.Tests.Jobs.CatalogDerived.Inherited")]
    [InlineData("Dibs.Tests.Jobs.CatalogDerived.Overridden")]
    [InlineData("Dibs.Tests.Jobs.CatalogDerived.Hidden")]
    [InlineData("Dibs.Tests.Jobs.ICatalogDerived.OfParent")]
    [InlineData("moved-name")]
    [InlineData("Dibs.Tests.Jobs.CatalogDerived.Renamed")]
    public void Public_methods_are_found_under_the_type_they_are_called_on(string name) => Assert.True(Catalog.TryFind(name, out _));

    [Theory]
    [InlineData("Dibs.Tests.Jobs.CatalogOuter+Inner.Run")]
    [InlineData("Dibs.Tests.Jobs.CatalogBase.Renamed")]
    [InlineData("Dibs.Tests.Jobs.CatalogDerived.ToString")]
    [InlineData("Dibs.Tests.Jobs.CatalogDerived.GetType")]
    [InlineData("Dibs.Tests.Jobs.Animal.Equals")]
    [InlineData("Dibs.Tests.Jobs.Animal.get_Name")]
    [InlineData("Dibs.Tests.Jobs.Inheriting.Clear")]
    [InlineData("Dibs.Tests.Jobs.RefusedMethods.Overloaded")]
    [InlineData("System.IO.File.Delete")]
    [InlineData("Dibs.JobStates.ToText")]
    public void Nothing_else_is(string name) => Assert.False(Catalog.TryFind(name, out _));

    [Fact]
    public void A_call_through_a_derived_type_is_named_after_it()
    {
        Assert.Equal("Dibs.Tests.Jobs.CatalogDerived.Inherited", JobRequest.Call((CatalogDerived x) => x.Inherited()).Read(Catalog).Method);
        Assert.Equal("Dibs.Tests.Jobs.CatalogDerived.Overridden", JobRequest.Call((CatalogDerived x) => x.Overridden()).Read(Catalog).Method);
        Assert.Equal("Dibs.Tests.Jobs.CatalogDerived.Hidden", JobRequest.Call((CatalogDerived x) => x.Hidden()).Read(Catalog).Method);
        Assert.Equal("Dibs.Tests.Jobs.ICatalogDerived.OfParent", JobRequest.Call((ICatalogDerived x) => x.OfParent()).Read(Catalog).Method);
        Assert.Equal("moved-name", JobRequest.Call((CatalogBase x) => x.Renamed()).Read(Catalog).Method);
    }

    [Theory]
    [InlineData("Dibs.Tests.Jobs.CatalogOuter.Inner.Rum", "Dibs.Tests.Jobs.CatalogOuter.Inner.Run")]
    [InlineData("CatalogOuter.Inner.Run", "Dibs.Tests.Jobs.CatalogOuter.Inner.Run")]
    [InlineData("movedname", "moved-name")]
    public void The_nearest_name_comes_first(string name, string nearest) => Assert.Equal(nearest, Catalog.Nearest(name)[0]);

    [Fact]
    public void A_name_like_no_other_has_no_nearest() => Assert.Empty(Catalog.Nearest("Zzz.Qqq.Xxx.Www"));

    [Fact]
    public void Two_methods_of_the_same_name_are_a_configuration_error_that_names_both()
    {
        var error = Assert.Throws<DibsConfigurationException>(() => new MethodCatalog([AssemblyWithJobNames("same", "same")]));
        Assert.Equal("method-name-clash", error.Code);
        Assert.Contains("'Clashing.First()' and 'Clashing.Second()' have the same name 'same'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_malformed_name_is_a_configuration_error_that_names_the_method()
    {
        var error = Assert.Throws<DibsConfigurationException>(() => new MethodCatalog([AssemblyWithJobNames("good", "")]));
        Assert.Equal("bad-job-name", error.Code);
        Assert.Contains("[JobName] of 'Clashing.Second': The name of a job method is empty", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Projects_are_told_from_packages_by_the_deps_file()
    {
        const string Deps = """
            {
              "targets": { ".NETCoreApp,Version=v10.0": {
                "App/1.0.0": { "dependencies": { "Lib": "1.0.0", "Newtonsoft.Json": "13.0.3" }, "runtime": { "App.dll": {} } },
                "Newtonsoft.Json/13.0.3": { "runtime": { "lib/net6.0/Newtonsoft.Json.dll": { "assemblyVersion": "13.0.0.0" } } },
                "Lib/1.0.0": { "runtime": { "Lib.Core.dll": { "assemblyVersion": "1.0.0.0" } } },
                "OnlyContent/1.0.0": {} } },
              "libraries": {
                "App/1.0.0": { "type": "project" }, "Lib/1.0.0": { "type": "project" }, "OnlyContent/1.0.0": { "type": "project" },
                "Newtonsoft.Json/13.0.3": { "type": "package" } }
            }
            """;
        Assert.Equal(["App", "Lib.Core"], ApplicationAssemblies.ProjectAssemblyNames(Encoding.UTF8.GetBytes(Deps)));
    }

    [Fact]
    public void The_default_is_the_entry_assembly_and_its_projects_without_Dibs_itself()
    {
        var names = ApplicationAssemblies.Default.Select(assembly => assembly.GetName().Name!).ToArray();
        Assert.Equal("Dibs.Tests", names[0]);
        Assert.Contains("FileRepository", names);
        Assert.Empty(names.Intersect(["Dibs", "Dibs.Sqlite", "Dibs.Cli", "Dibs.Bench"]));
    }

    private static Assembly AssemblyWithJobNames(string first, string second)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName("Clashing"), typeof(object).Assembly);
        var type = assembly.DefineDynamicModule("Clashing").DefineType("Clashing", TypeAttributes.Public);
        foreach (var (name, jobName) in new[] { ("First", first), ("Second", second) })
        {
            var method = type.DefineMethod(name, MethodAttributes.Public | MethodAttributes.Static);
            method.SetCustomAttribute(new CustomAttributeBuilder(typeof(JobNameAttribute).GetConstructors()[0], [jobName]));
            method.GetILGenerator().Emit(OpCodes.Ret);
        }
        type.CreateType();
        using var image = new MemoryStream();
        assembly.Save(image);
        return Assembly.Load(image.ToArray());
    }
}

public static class CatalogOuter
{
    public static class Inner
    {
        public static void Run() { }
    }
}

public class CatalogBase
{
    public void Inherited() { }

    public virtual void Overridden() { }

    public void Hidden() { }

    [JobName("moved-name")]
    public void Renamed() { }
}

public class CatalogDerived : CatalogBase
{
    public override void Overridden() { }

    public new void Hidden() { }

    public override string ToString() => "derived";
}

public interface ICatalogParent
{
    void OfParent();
}

public interface ICatalogDerived : ICatalogParent;
