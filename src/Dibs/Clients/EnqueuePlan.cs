namespace Dibs.Clients;

/// <summary>Cuts a call into steps that the store takes: jobs that come after each other stay together, in the order of the call.</summary>
internal static class EnqueuePlan
{
    /// <exception cref="JobRefusedException">The jobs of a graph do not fit in one step, or one comes after a job that stands behind it.</exception>
    public static IReadOnlyList<IReadOnlyList<JobDraft>> Steps(IReadOnlyList<JobDraft> drafts)
    {
        if (drafts is [{ New.After.Count: 0 }])
            return [drafts];
        var steps = new List<IReadOnlyList<JobDraft>>();
        var step = new List<JobDraft>();
        long bytes = 0;
        foreach (var graph in Graphs(drafts))
        {
            long graphBytes = graph.Sum(draft => (long)draft.New.Content.Length);
            RequireOneStep(graph, graphBytes);
            if (step.Count + graph.Count > Limits.JobsPerStep || bytes + graphBytes > Limits.BytesPerStep)
            {
                steps.Add(step);
                (step, bytes) = ([], 0);
            }
            step.AddRange(graph);
            bytes += graphBytes;
        }
        if (step.Count > 0)
            steps.Add(step);
        return steps;
    }

    // Each graph in the order of the call, the graphs by their first job.
    private static IEnumerable<List<JobDraft>> Graphs(IReadOnlyList<JobDraft> drafts)
    {
        var ids = drafts.Select(draft => draft.New.Id).ToHashSet(StringComparer.Ordinal);
        var before = new Dictionary<string, int>(StringComparer.Ordinal);
        var roots = Enumerable.Range(0, drafts.Count).ToArray();
        for (var i = 0; i < drafts.Count; i++)
        {
            foreach (var id in drafts[i].New.After.Where(ids.Contains))
            {
                if (!before.TryGetValue(id, out var other))
                {
                    throw new JobRefusedException("dependency-order",
                        $"Job '{drafts[i].New.Id}' comes after '{id}', which does not stand before it in the call. Put '{id}' first.");
                }
                var (a, b) = (Root(roots, i), Root(roots, other));
                roots[Math.Max(a, b)] = Math.Min(a, b);
            }
            // The same id twice is one job, so both stay in one step and the second finds the first.
            if (!before.TryAdd(drafts[i].New.Id, i))
                roots[Root(roots, i)] = Root(roots, before[drafts[i].New.Id]);
        }
        return Enumerable.Range(0, drafts.Count).GroupBy(i => Root(roots, i), i => drafts[i]).Select(graph => graph.ToList());
    }

    private static int Root(int[] roots, int i)
    {
        while (roots[i] != i)
            i = roots[i] = roots[roots[i]];
        return i;
    }

    private static void RequireOneStep(List<JobDraft> graph, long bytes)
    {
        if (graph.Count <= Limits.JobsPerStep && bytes <= Limits.BytesPerStep)
            return;
        throw new JobRefusedException("graph-too-large",
            $"{graph.Count:N0} jobs with {bytes:N0} bytes come after each other from '{graph[0].New.Id}' on; the limit is {Limits.JobsPerStep} jobs or {Limits.BytesPerStep:N0} bytes. Cut the graph, and enqueue the later part from a job of the earlier one.");
    }
}
