using Dibs.Clients;
using Dibs.Jobs;
using Dibs.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Dibs.Execution;

/// <summary>Runs a method of the catalog in this process, in a scope of its own that is disposed before the attempt is settled.</summary>
internal sealed class MethodExecutor(MethodCatalog catalog, IServiceScopeFactory scopes)
{
    public async Task<Settlement> ExecuteAsync(string name, JobContent content, JobContext context)
    {
        if (!catalog.TryFind(name, out var method))
            return Outcomes.Failed(context.Key, JobReasons.UnknownMethod, new JobError { Type = JobReasons.UnknownMethod, Message = catalog.Unknown(name).Message });
        AmbientJob.Id = context.JobId;
        var scope = scopes.CreateAsyncScope();
        return Outcomes.Completed(context.Key, await context.DisposeAfterAsync(scope, () => method.InvokeAsync(content, context, scope.ServiceProvider)));
    }
}
