using Dibs.Clients;
using Dibs.Stores;
using Dibs.Stores.Memory;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Dibs.Tests.Clients;

public class AddDibsTests
{
    private static CancellationToken Ct => ClientFixture.Ct;

    [Fact]
    public async Task An_application_without_a_store_does_not_start_and_is_told_the_calls()
    {
        using var app = App(services => services.AddDibs());
        var error = await Assert.ThrowsAsync<DibsConfigurationException>(() => app.StartAsync(Ct));
        Assert.Equal("no-store", error.Code);
        Assert.Contains("UseSqlite(", error.Message, StringComparison.Ordinal);
        Assert.Contains("UseMemory()", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Dibs:Namespace", "")]
    [InlineData("Dibs:Retention:Age", "00:00:59")]
    [InlineData("Dibs:Retention:Count", "-1")]
    [InlineData("Dibs:Retention:Count", "many")]
    public async Task A_wrong_setting_stops_the_start_and_is_named_by_its_path(string path, string value)
    {
        using var app = App(services => services.AddDibs(dibs => dibs.UseMemory()), (path, value));
        var error = await Assert.ThrowsAnyAsync<Exception>(() => app.StartAsync(Ct));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_come_from_the_section_and_then_from_code()
    {
        using var app = App(
            services => services.AddDibs(dibs => dibs.UseMemory().Configure(options => options.Retention.Count = 7)),
            ("Dibs:Namespace", "tenant-1"), ("Dibs:Retention:Age", "1.00:00:00"), ("Dibs:Retention:Count", "5"));
        await app.StartAsync(Ct);
        var options = app.Services.GetRequiredService<IOptions<DibsOptions>>().Value;
        Assert.Equal(("tenant-1", TimeSpan.FromDays(1), 7), (options.Namespace, options.Retention.Age, options.Retention.Count));
        Assert.Equal("tenant-1", app.Services.GetRequiredService<IJobStore>().Namespace);
        await app.StopAsync(Ct);
    }

    [Fact]
    public async Task Calling_it_twice_registers_once_and_the_last_store_wins()
    {
        using var app = App(services =>
        {
            services.AddDibs(dibs => dibs.UseMemory());
            services.AddDibs(dibs => dibs.UseStore((_, name) => new CountingStore(name)));
        });
        Assert.Single(app.Services.GetServices<IHostedService>().OfType<DibsStart>());
        Assert.Single(app.Services.GetServices<IJobClient>());
        await app.StartAsync(Ct);
        Assert.Equal(1, Assert.IsType<CountingStore>(app.Services.GetRequiredService<IJobStore>()).Opened);
        await app.StopAsync(Ct);
    }

    [Fact]
    public async Task The_store_is_opened_at_start_before_other_services()
    {
        var seen = -1;
        using var app = App(services =>
        {
            services.AddHostedService(provider => new Probe(() => seen = ((CountingStore)provider.GetRequiredService<IJobStore>()).Opened));
            services.AddDibs(dibs => dibs.UseStore((_, name) => new CountingStore(name)));
        });
        await app.StartAsync(Ct);
        Assert.Equal(1, seen);
        await app.StopAsync(Ct);
    }

    [Fact]
    public async Task In_an_application_that_is_not_started_the_first_use_opens_the_store_once()
    {
        var services = new ServiceCollection();
        services.AddDibs(dibs => dibs.UseStore((_, name) => new CountingStore(name)).WithoutMethods());
        await using var provider = services.BuildServiceProvider();
        var jobs = provider.GetRequiredService<IJobClient>();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => jobs.FindAsync("nobody", Ct)));
        Assert.Equal(1, ((CountingStore)provider.GetRequiredService<IJobStore>()).Opened);
    }

    [Fact]
    public async Task A_store_that_could_not_be_opened_is_tried_again_at_the_next_use()
    {
        var services = new ServiceCollection();
        services.AddDibs(dibs => dibs.UseStore((_, name) => new CountingStore(name) { Failures = 1 }).WithoutMethods());
        await using var provider = services.BuildServiceProvider();
        var jobs = provider.GetRequiredService<IJobClient>();
        await Assert.ThrowsAsync<StoreException>(() => jobs.FindAsync("nobody", Ct));
        Assert.Null(await jobs.FindAsync("nobody", Ct));
    }

    [Fact]
    public async Task Without_named_assemblies_the_entry_assembly_and_its_projects_hold_the_methods()
    {
        using var app = App(services => services.AddDibs(dibs => dibs.UseMemory()));
        await app.StartAsync(Ct);
        var job = await app.Services.GetRequiredService<IJobClient>().EnqueueAsync(() => Reports.Build(1), cancellationToken: Ct);
        Assert.Equal("Dibs.Tests.Clients.Reports.Build", job.Record.Method);
        await app.StopAsync(Ct);
    }

    [Fact]
    public async Task A_job_runs_in_the_application_and_gives_its_result()
    {
        using var app = App(services =>
        {
            services.AddDibs(dibs => dibs.UseMemory().AddMethodsFrom(typeof(Reports).Assembly));
            services.AddDibsWorker(worker => worker.Slots = 2);
        });
        await app.StartAsync(Ct);
        var jobs = app.Services.GetRequiredService<IJobClient>();
        var report = await jobs.EnqueueAsync((Reports r) => r.BuildAsync(42, default), new() { Exclusive = ["report:42"] }, Ct);
        Assert.Equal(new Report(42, "Report 42"), await report.ResultAsync(Ct));
        var text = await jobs.EnqueueAsync(() => StaticCalls.TextLaterByValue(7), new() { After = [report.Id] }, Ct);
        Assert.Equal("text 7", await text.ResultAsync(Ct));
        var nothing = await jobs.EnqueueWithReservationAsync(Reports.Build, ["report:42"], [1], cancellationToken: Ct);
        Assert.Equal(JobState.Completed, (await nothing.WaitAsync(Ct)).State);
        await app.StopAsync(Ct);
    }

    private static IHost App(Action<IServiceCollection> configure, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)));
        configure(builder.Services);
        return builder.Build();
    }

    private sealed class CountingStore(string name) : StoreWrapper(new MemoryJobStore(name, TimeProvider.System))
    {
        public int Opened { get; private set; }
        public int Failures { get; set; }

        public override async ValueTask<StoreDescription> OpenAsync(CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (Failures-- > 0)
                throw new StoreException("unreachable", "Nobody answers.");
            Opened++;
            return await base.OpenAsync(cancellationToken);
        }
    }

    private sealed class Probe(Action start) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            start();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
