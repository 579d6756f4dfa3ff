using Microsoft.Data.Sqlite;

namespace Samples.RetrainingApp.Storage;

/// <summary>The embedded database. What a transaction wrote is on the disk when it is committed.</summary>
internal sealed class Database
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS images (
            id TEXT PRIMARY KEY, format TEXT NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, added TEXT NOT NULL,
            predicted TEXT, predicted_by INTEGER, label TEXT, labelled TEXT, held_out INTEGER);
        CREATE INDEX IF NOT EXISTS images_label ON images (label);
        CREATE INDEX IF NOT EXISTS images_added ON images (added);
        CREATE TABLE IF NOT EXISTS versions (
            id INTEGER PRIMARY KEY AUTOINCREMENT, file TEXT NOT NULL, hash TEXT NOT NULL, made TEXT NOT NULL, parent INTEGER, classes TEXT NOT NULL,
            trained_on INTEGER NOT NULL, held_out INTEGER NOT NULL, correct INTEGER NOT NULL, verdict TEXT NOT NULL, proven INTEGER NOT NULL, served TEXT);
        CREATE TABLE IF NOT EXISTS service (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL REFERENCES versions (id));
        CREATE TABLE IF NOT EXISTS runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT, state TEXT NOT NULL, started TEXT NOT NULL, ended TEXT, parent INTEGER, epochs INTEGER NOT NULL,
            promote INTEGER NOT NULL, resumed_at INTEGER NOT NULL DEFAULT 0, message TEXT, version INTEGER);
        CREATE UNIQUE INDEX IF NOT EXISTS runs_one_at_a_time ON runs (state) WHERE state = 'running';
        CREATE TABLE IF NOT EXISTS run_images (
            run INTEGER NOT NULL REFERENCES runs (id), image TEXT NOT NULL REFERENCES images (id), label TEXT NOT NULL, held_out INTEGER NOT NULL,
            PRIMARY KEY (run, image)) WITHOUT ROWID;
        """;

    private readonly string _connection;

    public Database(DataHome home)
    {
        _connection = new SqliteConnectionStringBuilder { DataSource = home.In("retraining.db"), ForeignKeys = true }.ToString();
        using var connection = Open();
        connection.Execute("PRAGMA journal_mode = WAL");
        connection.Execute(Schema);
    }

    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connection);
        connection.Open();
        // Some builds of SQLite relax this for write-ahead logs: a commit could be lost with the power.
        connection.Execute("PRAGMA synchronous = FULL");
        return connection;
    }
}
