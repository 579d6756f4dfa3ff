using Microsoft.Data.Sqlite;

namespace Samples.RetrainingApp.Storage;

/// <summary>Retrainings, each with the images and labels it began with: after a restart it goes on with the same.</summary>
internal sealed class RunStore(Database database)
{
    private const string Columns = "id, state, started, parent, epochs, promote, resumed_at, message, version";

    /// <summary>The one that is under way; null for none.</summary>
    public TrainingRun? Running()
    {
        using var connection = database.Open();
        return connection.Query($"SELECT {Columns} FROM runs WHERE state = $running", Read, ("$running", RunState.Running)).FirstOrDefault();
    }

    /// <summary>The one that began last; null for none.</summary>
    public TrainingRun? Last()
    {
        using var connection = database.Open();
        return connection.Query($"SELECT {Columns} FROM runs ORDER BY id DESC LIMIT 1", Read).FirstOrDefault();
    }

    /// <summary>Begins a run on all images that have a label now.</summary>
    /// <returns>Null where one is under way already.</returns>
    public TrainingRun? Begin(int epochs, bool promote)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction();
        if (connection.Number("SELECT COUNT(*) FROM runs WHERE state = $running", ("$running", RunState.Running)) > 0)
            return null;
        var parent = connection.Scalar("SELECT version FROM service");
        var started = Now.Text;
        connection.Execute(
            "INSERT INTO runs (state, started, parent, epochs, promote) VALUES ($running, $started, $parent, $epochs, $promote)",
            ("$running", RunState.Running), ("$started", started), ("$parent", parent), ("$epochs", epochs), ("$promote", promote));
        var id = connection.Number("SELECT last_insert_rowid()");
        connection.Execute("INSERT INTO run_images (run, image, label, held_out) SELECT $id, id, label, held_out FROM images WHERE label IS NOT NULL", ("$id", id));
        BoxStore.Copy(connection, id);
        transaction.Commit();
        return new TrainingRun(id, RunState.Running, started, parent as long?, epochs, promote, 0, null, null);
    }

    public IReadOnlyList<RunImage> Images(long run)
    {
        using var connection = database.Open();
        var boxes = BoxStore.OfRun(connection, run);
        return connection.Query(
            "SELECT images.id, images.format, run_images.label, run_images.held_out FROM run_images JOIN images ON images.id = run_images.image WHERE run = $run ORDER BY images.id",
            reader => new RunImage(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3), [.. boxes[reader.GetString(0)]]), ("$run", run));
    }

    public void End(long run, string state, string message)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction();
        End(connection, run, state, message, 0, null);
        transaction.Commit();
    }

    /// <summary>Ends a run with a model: it is listed, and in service if it is to be, or none of that.</summary>
    /// <returns>The version with its number.</returns>
    public ModelVersion Complete(long run, ModelVersion made, bool serve, long resumedAt)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction();
        var version = VersionStore.Add(connection, made);
        if (serve)
            VersionStore.Serve(connection, version.Id);
        End(connection, run, RunState.Done, version.Verdict, resumedAt, version.Id);
        transaction.Commit();
        return version;
    }

    private static void End(SqliteConnection connection, long run, string state, string message, long resumedAt, long? version)
    {
        connection.Execute(
            "UPDATE runs SET state = $state, ended = $now, message = $message, resumed_at = $resumedAt, version = $version WHERE id = $run",
            ("$run", run), ("$state", state), ("$now", Now.Text), ("$message", message), ("$resumedAt", resumedAt), ("$version", version));
        connection.Execute("DELETE FROM run_images WHERE run = $run", ("$run", run));
    }

    private static TrainingRun Read(SqliteDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.WholeNumber(3), reader.GetInt32(4), reader.GetBoolean(5), reader.GetInt64(6), reader.Text(7), reader.WholeNumber(8));
}
