using Dibs.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dibs.Tests.Workers;

/// <summary>A worker as a part of an application.</summary>
public class WorkerServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Slots", "0", "Dibs:Worker:Slots")]
    [InlineData("Slots", "1025", "Dibs:Worker:Slots")]
    [InlineData("Lease", "00:00:02", "Dibs:Worker:Lease")]
    [InlineData("Lease", "01:00:01", "Dibs:Worker:Lease")]
    [InlineData("Grace", "-00:00:01", "Dibs:Worker:Grace")]
    [InlineData("MaxJobs", "0", "Dibs:Worker:MaxJobs")]
    [InlineData("Queues:0", "", "Dibs:Worker:Queues:0")]
    [InlineData("Name", "", "Dibs:Worker:Name")]
    public async Task A_wrong_setting_stops_the_start_and_is_named_by_its_path(string setting, string value, string path)
    {
        var builder = Builder();
        builder.Configuration[$"Dibs:Worker:{setting}"] = value;
        using var host = builder.Build();
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, OnStoreLoss.Wait)]
    [InlineData("exit", OnStoreLoss.Exit)]
    public void What_happens_when_the_store_is_lost_is_a_setting(string? setting, OnStoreLoss expected)
    {
        var builder = Builder();
        builder.Configuration["Dibs:Worker:OnStoreLoss"] = setting;
        using var host = builder.Build();
        Assert.Equal(expected, host.Services.GetRequiredService<IOptions<WorkerOptions>>().Value.OnStoreLoss);
    }

    [Fact]
    public async Task A_grace_that_the_host_would_cut_is_capped_and_both_settings_are_named()
    {
        var log = new LogLines();
        var builder = Builder(worker => worker.Grace = TimeSpan.FromMinutes(2));
        builder.Logging.AddProvider(log);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));
        using var host = builder.Build();
        await host.StartAsync(Token);
        await host.StopAsync(Token);
        var warning = Assert.Single(log.Lines, line => line.Contains("is cut from", StringComparison.Ordinal));
        Assert.Contains("HostOptions.ShutdownTimeout is 00:00:20", warning, StringComparison.Ordinal);
        Assert.Contains("Dibs:Worker:Grace", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Defaults_warn_of_nothing()
    {
        var log = new LogLines();
        var builder = Builder();
        builder.Logging.AddProvider(log);
        using var host = builder.Build();
        await host.StartAsync(Token);
        await host.StopAsync(Token);
        Assert.DoesNotContain(log.Lines, line => line.StartsWith(nameof(LogLevel.Warning), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_attempt_has_a_scope_that_is_disposed_before_the_job_is_final()
    {
        var builder = Builder();
        builder.Services.AddScoped<ScopedWitness>().AddSingleton<WitnessStand>();
        using var host = builder.Build();
        await host.StartAsync(Token);
        var jobs = host.Services.GetRequiredService<IJobClient>();
        var stand = host.Services.GetRequiredService<WitnessStand>();
        var first = await jobs.EnqueueAsync((WitnessedJob job) => job.RunAsync(), cancellationToken: Token);
        var second = await jobs.EnqueueAsync((WitnessedJob job) => job.RunAsync(), cancellationToken: Token);
        Assert.NotEqual(await first.ResultAsync(Token), await second.ResultAsync(Token));
        Assert.Equal(2, stand.Disposed);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task An_unknown_method_fails_its_job_with_the_nearest_names_and_the_worker_goes_on()
    {
        using var host = Builder().Build();
        await host.StartAsync(Token);
        var jobs = host.Services.GetRequiredService<IJobClient>();
        var store = host.Services.GetRequiredService<Dibs.Stores.IJobStore>();
        // As an older or newer client, with another catalog, would store it.
        await store.EnqueueAsync([new() { Id = "typo", Digest = new byte[] { 1 }, Method = "Dibs.Tests.Workers.WitnessedJob.Ran", Content = "{}"u8.ToArray(), Queue = "default" }], Token);
        var failed = await jobs.WaitAsync("typo", Token);
        Assert.Equal((JobState.Failed, JobReasons.UnknownMethod), (failed.State, failed.Reason));
        Assert.Contains("Dibs.Tests.Workers.WitnessedJob.Rank", failed.Error!.Message, StringComparison.Ordinal);
        var good = await jobs.EnqueueAsync(() => WitnessedJob.Rank(4), cancellationToken: Token);
        Assert.Equal(8, await good.ResultAsync(Token));
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task A_worker_that_ends_by_itself_stops_its_application()
    {
        using var host = Builder(worker => worker.MaxJobs = 1).Build();
        await host.StartAsync(Token);
        await host.Services.GetRequiredService<IJobClient>().EnqueueAsync(() => WitnessedJob.Rank(1), cancellationToken: Token);
        await host.WaitForShutdownAsync(Token);
    }

    private static HostApplicationBuilder Builder(Action<WorkerOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddDibs(dibs => dibs.UseMemory().AddMethodsFrom(typeof(WitnessedJob).Assembly));
        builder.Services.AddDibsWorker(configure);
        return builder;
    }
}

public sealed class WitnessStand
{
    private int _disposed;

    public int Disposed => Volatile.Read(ref _disposed);

    public void Dispose() => Interlocked.Increment(ref _disposed);
}

public sealed class ScopedWitness(WitnessStand stand) : IDisposable
{
    public Guid Id { get; } = Guid.NewGuid();

    public void Dispose() => stand.Dispose();
}

public sealed class WitnessedJob(ScopedWitness witness)
{
    public Task<Guid> RunAsync() => Task.FromResult(witness.Id);

    public static int Rank(int value) => value * 2;
}
