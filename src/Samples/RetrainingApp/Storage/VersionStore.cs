using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Samples.RetrainingApp.Storage;

/// <summary>The models there are, and which of them is in service. A version's files are on the disk before its row is.</summary>
internal sealed class VersionStore(Database database)
{
    private const string Columns = "id, file, hash, made, parent, classes, trained_on, held_out, correct, verdict, proven, served, score, removed";

    public IReadOnlyList<ModelVersion> All()
    {
        using var connection = database.Open();
        return connection.Query($"SELECT {Columns} FROM versions ORDER BY id DESC", Read);
    }

    public ModelVersion? Find(long id)
    {
        using var connection = database.Open();
        return connection.Query($"SELECT {Columns} FROM versions WHERE id = $id", Read, ("$id", id)).FirstOrDefault();
    }

    /// <returns>Null where none is.</returns>
    public long? InService()
    {
        using var connection = database.Open();
        return connection.Scalar("SELECT version FROM service") as long?;
    }

    public void Serve(long id)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction();
        Serve(connection, id);
        transaction.Commit();
    }

    /// <summary>Notes that versions have no files any more. It is on the disk before they are deleted: what is listed as whole, is.</summary>
    public void Remove(IEnumerable<ModelVersion> old)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction();
        foreach (var version in old)
            connection.Execute("UPDATE versions SET removed = $now WHERE id = $id", ("$id", version.Id), ("$now", Now.Text));
        transaction.Commit();
    }

    /// <summary>As a part of a transaction.</summary>
    public static void Serve(SqliteConnection connection, long id)
    {
        connection.Execute("UPDATE versions SET served = $now WHERE id = $id OR id = (SELECT version FROM service)", ("$id", id), ("$now", Now.Text));
        connection.Execute("INSERT INTO service (one, version) VALUES (1, $id) ON CONFLICT (one) DO UPDATE SET version = $id", ("$id", id));
    }

    /// <summary>As a part of a transaction.</summary>
    /// <returns>The version with its number.</returns>
    public static ModelVersion Add(SqliteConnection connection, ModelVersion version)
    {
        connection.Execute(
            $"INSERT INTO versions ({Columns}) VALUES (NULL, $file, $hash, $made, $parent, $classes, $trainedOn, $heldOut, $correct, $verdict, $proven, NULL, $score, NULL)",
            ("$file", version.File), ("$hash", version.Hash), ("$made", version.Made), ("$parent", version.Parent), ("$classes", JsonSerializer.Serialize(version.Classes)),
            ("$trainedOn", version.TrainedOn), ("$heldOut", version.HeldOut), ("$correct", version.Correct), ("$verdict", version.Verdict), ("$proven", version.Proven), ("$score", version.Score));
        return version with { Id = connection.Number("SELECT last_insert_rowid()") };
    }

    private static ModelVersion Read(SqliteDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.WholeNumber(4), JsonSerializer.Deserialize<string[]>(reader.GetString(5))!,
        reader.GetInt32(6), reader.GetInt32(7), reader.GetInt32(8), reader.GetString(9), reader.GetBoolean(10), reader.Text(11),
        reader.IsDBNull(12) ? null : reader.GetDouble(12), reader.Text(13));
}
