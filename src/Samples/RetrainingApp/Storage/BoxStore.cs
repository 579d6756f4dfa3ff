using Microsoft.Data.Sqlite;

namespace Samples.RetrainingApp.Storage;

/// <summary>Objects that people have marked: a row each.</summary>
internal sealed class BoxStore(Database database)
{
    private const string Columns = "label, x0, y0, x1, y1";

    public IReadOnlyList<ObjectBox> Of(string image)
    {
        using var connection = database.Open();
        return connection.Query($"SELECT {Columns} FROM boxes WHERE image = $image ORDER BY number", reader => Read(reader, 0), ("$image", image));
    }

    public IReadOnlyList<string> Classes()
    {
        using var connection = database.Open();
        return connection.Query("SELECT DISTINCT label FROM boxes ORDER BY label", reader => reader.GetString(0));
    }

    /// <summary>As a part of a transaction: these in place of those there were.</summary>
    public static void Write(SqliteConnection connection, string image, IReadOnlyList<ObjectBox> boxes)
    {
        connection.Execute("DELETE FROM boxes WHERE image = $image", ("$image", image));
        foreach (var (number, box) in boxes.Index())
        {
            connection.Execute(
                $"INSERT INTO boxes (image, number, {Columns}) VALUES ($image, $number, $label, $x0, $y0, $x1, $y1)",
                ("$image", image), ("$number", number), ("$label", box.Label), ("$x0", box.X0), ("$y0", box.Y0), ("$x1", box.X1), ("$y1", box.Y1));
        }
    }

    /// <summary>As a part of a transaction: keeps what a run begins with.</summary>
    public static void Copy(SqliteConnection connection, long run) => connection.Execute(
        $"INSERT INTO run_boxes (run, image, number, {Columns}) SELECT run, boxes.image, number, boxes.label, x0, y0, x1, y1 FROM run_images JOIN boxes ON boxes.image = run_images.image WHERE run = $run",
        ("$run", run));

    /// <summary>What a run began with, by image.</summary>
    public static ILookup<string, ObjectBox> OfRun(SqliteConnection connection, long run) => connection
        .Query($"SELECT image, {Columns} FROM run_boxes WHERE run = $run ORDER BY image, number", reader => (Image: reader.GetString(0), Box: Read(reader, 1)), ("$run", run))
        .ToLookup(row => row.Image, row => row.Box);

    private static ObjectBox Read(SqliteDataReader reader, int first) => new(
        reader.GetString(first), reader.GetDouble(first + 1), reader.GetDouble(first + 2), reader.GetDouble(first + 3), reader.GetDouble(first + 4));
}
