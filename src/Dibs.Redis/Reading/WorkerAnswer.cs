using System.Text.Json;
using Dibs.Redis.Records;
using Dibs.Redis.Scripts;
using Dibs.Stores;

namespace Dibs.Redis.Reading;

/// <summary>Reads what scripts answer of a worker.</summary>
internal static class WorkerAnswer
{
    /// <summary>What it registered.</summary>
    public static WorkerRegistration Registration(StepReply reply) => JsonSerializer.Deserialize(reply.Bytes(), RedisJson.Default.WorkerRegistration)!;

    /// <summary>The jobs that were to have stopped at its last heartbeat.</summary>
    public static string[] Overdue(StepReply reply) => reply.Text().Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
