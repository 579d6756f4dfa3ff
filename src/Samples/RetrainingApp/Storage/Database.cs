using Microsoft.Data.Sqlite;
using Samples.RetrainingApp.Tasks;

namespace Samples.RetrainingApp.Storage;

/// <summary>The embedded database. What a transaction wrote is on the disk when it is committed.</summary>
internal sealed class Database
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS images (
            id TEXT PRIMARY KEY, format TEXT NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, added TEXT NOT NULL,
            predicted TEXT, predicted_by INTEGER, label TEXT, labelled TEXT, held_out INTEGER, width INTEGER, height INTEGER);
        CREATE INDEX IF NOT EXISTS images_label ON images (label);
        CREATE INDEX IF NOT EXISTS images_added ON images (added);
        CREATE TABLE IF NOT EXISTS versions (
            id INTEGER PRIMARY KEY AUTOINCREMENT, file TEXT NOT NULL, hash TEXT NOT NULL, made TEXT NOT NULL, parent INTEGER, classes TEXT NOT NULL,
            trained_on INTEGER NOT NULL, held_out INTEGER NOT NULL, correct INTEGER NOT NULL, verdict TEXT NOT NULL, proven INTEGER NOT NULL, served TEXT,
            score REAL, removed TEXT);
        CREATE TABLE IF NOT EXISTS service (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL REFERENCES versions (id));
        CREATE TABLE IF NOT EXISTS runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT, state TEXT NOT NULL, started TEXT NOT NULL, ended TEXT, parent INTEGER, epochs INTEGER NOT NULL,
            promote INTEGER NOT NULL, resumed_at INTEGER NOT NULL DEFAULT 0, message TEXT, version INTEGER);
        CREATE UNIQUE INDEX IF NOT EXISTS runs_one_at_a_time ON runs (state) WHERE state = 'running';
        CREATE TABLE IF NOT EXISTS run_images (
            run INTEGER NOT NULL REFERENCES runs (id), image TEXT NOT NULL REFERENCES images (id), label TEXT NOT NULL, held_out INTEGER NOT NULL,
            PRIMARY KEY (run, image)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS boxes (
            image TEXT NOT NULL REFERENCES images (id), number INTEGER NOT NULL, label TEXT NOT NULL, x0 REAL NOT NULL, y0 REAL NOT NULL, x1 REAL NOT NULL, y1 REAL NOT NULL,
            PRIMARY KEY (image, number)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS run_boxes (
            run INTEGER NOT NULL, image TEXT NOT NULL, number INTEGER NOT NULL, label TEXT NOT NULL, x0 REAL NOT NULL, y0 REAL NOT NULL, x1 REAL NOT NULL, y1 REAL NOT NULL,
            PRIMARY KEY (run, image, number), FOREIGN KEY (run, image) REFERENCES run_images (run, image) ON DELETE CASCADE) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS task (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL, has_first_images INTEGER NOT NULL);
        """;

    // What folders from before these columns lack.
    private static readonly (string Table, string Column, string Type, string Filled)[] _later =
    [
        ("images", "width", "INTEGER", ""), ("images", "height", "INTEGER", ""), ("versions", "removed", "TEXT", ""),
        ("versions", "score", "REAL", "UPDATE versions SET score = 1.0 * correct / held_out WHERE held_out > 0"),
    ];

    private readonly string _connection;

    /// <exception cref="InvalidDataException">The folder is another task's.</exception>
    public Database(DataHome home, AppOptions options)
    {
        _connection = new SqliteConnectionStringBuilder { DataSource = home.In("retraining.db"), ForeignKeys = true }.ToString();
        using var connection = Open();
        connection.Execute("PRAGMA journal_mode = WAL");
        using var transaction = connection.BeginTransaction();
        connection.Execute(Schema);
        foreach (var later in _later)
            AddColumn(connection, later.Table, later.Column, later.Type, later.Filled);
        RequireTask(connection, home.Path, options.Task);
        transaction.Commit();
    }

    /// <summary>Whether the images to begin with are all there: an app that was killed while it added them goes on with it.</summary>
    public bool HasFirstImages
    {
        get
        {
            using var connection = Open();
            return connection.Number("SELECT has_first_images FROM task") != 0;
        }
        set
        {
            using var connection = Open();
            connection.Execute("UPDATE task SET has_first_images = $value", ("$value", value));
        }
    }

    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connection);
        connection.Open();
        // Some builds of SQLite relax this for write-ahead logs: a commit could be lost with the power.
        connection.Execute("PRAGMA synchronous = FULL");
        return connection;
    }

    private static void AddColumn(SqliteConnection connection, string table, string column, string type, string filled)
    {
        if (connection.Number($"SELECT COUNT(*) FROM pragma_table_info('{table}') WHERE name = '{column}'") > 0)
            return;
        connection.Execute($"ALTER TABLE {table} ADD COLUMN {column} {type}");
        if (filled.Length > 0)
            connection.Execute(filled);
    }

    /// <summary>What people said of images is worth nothing to another task.</summary>
    private static void RequireTask(SqliteConnection connection, string path, VisionTask task)
    {
        var asked = Name(task);
        // A folder from before there was a choice.
        var older = connection.Number("SELECT COUNT(*) FROM images") > 0;
        connection.Execute(
            "INSERT INTO task (one, name, has_first_images) VALUES (1, $usual, $older) ON CONFLICT DO NOTHING", ("$usual", older ? Name(VisionTask.Classification) : asked), ("$older", older));
        if (connection.Scalar("SELECT name FROM task") is string kept && kept != asked)
            throw new InvalidDataException($"--data '{path}' is the folder of a {kept} app, and --task is {asked}: give this one a folder of its own, or start it with --task {kept}.");
    }

    private static string Name(VisionTask task) => task.ToString().ToLowerInvariant();
}
