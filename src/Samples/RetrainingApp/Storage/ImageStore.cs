using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Samples.RetrainingApp.Uploads;

namespace Samples.RetrainingApp.Storage;

/// <summary>Images and what people say of them. A file is on the disk before its row is: a row never lacks its file.</summary>
internal sealed class ImageStore(Database database, ImageFiles files, AppOptions options)
{
    // Of each class (of all images, where it is objects that have classes) one labelled in five is held out; the first two train, so that a class that was just begun can be learned.
    private const int HeldOutOneIn = 5, FirstHeldOut = 2;
    private const string Columns = "id, format, name, added, predicted, predicted_by, label, held_out, width, height";
    private readonly Lock _adding = new();

    /// <summary>Keeps an image, or finds the one with the same bytes: twice the same image could be trained on and held out.</summary>
    /// <param name="annotation">What is known of it already; null for nothing.</param>
    /// <returns>The image, and whether it is new.</returns>
    /// <exception cref="Refusal">There are as many images as are allowed.</exception>
    public (StoredImage Image, bool New) Add(CheckedImage image, string name, Annotation? annotation = null)
    {
        var hash = Convert.ToHexString(SHA256.HashData(image.Bytes));
        lock (_adding)
        {
            using var connection = database.Open();
            if (connection.Query($"SELECT {Columns} FROM images WHERE hash = $hash", Read, ("$hash", hash)) is [{ } known])
                return (known, false);
            if (connection.Number("SELECT COUNT(*) FROM images") >= options.MostImages)
                throw new Refusal(StatusCodes.Status507InsufficientStorage, $"There are {options.MostImages} images already, which is all that are kept (--max-images).");
            var added = new StoredImage(Guid.NewGuid().ToString("n"), image.Format.Name, name, Now.Text, null, null, null, null, image.Width, image.Height);
            files.Write(added.Id, added.Format, image.Bytes);
            using var transaction = connection.BeginTransaction();
            connection.Execute(
                "INSERT INTO images (id, format, name, hash, added, width, height) VALUES ($id, $format, $name, $hash, $added, $width, $height)",
                ("$id", added.Id), ("$format", added.Format), ("$name", name), ("$hash", hash), ("$added", added.Added), ("$width", image.Width), ("$height", image.Height));
            if (annotation is not null)
                Annotate(connection, added.Id, annotation);
            transaction.Commit();
            return (added with { Label = annotation?.Words }, true);
        }
    }

    /// <summary>Notes what a model said of a new image.</summary>
    public void SetPrediction(string id, string predicted, long version)
    {
        using var connection = database.Open();
        connection.Execute("UPDATE images SET predicted = $predicted, predicted_by = $version WHERE id = $id", ("$id", id), ("$predicted", predicted), ("$version", version));
    }

    /// <summary>Notes what a person says an image shows. It is on the disk when this returns.</summary>
    /// <returns>Whether there is such an image.</returns>
    public bool Annotate(string id, Annotation annotation)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction();
        var known = Annotate(connection, id, annotation);
        transaction.Commit();
        return known;
    }

    public StoredImage? Find(string id)
    {
        using var connection = database.Open();
        return connection.Query($"SELECT {Columns} FROM images WHERE id = $id", Read, ("$id", id)).FirstOrDefault();
    }

    public IReadOnlyList<StoredImage> Latest(int count)
    {
        using var connection = database.Open();
        return connection.Query($"SELECT {Columns} FROM images ORDER BY added DESC, id LIMIT $count", Read, ("$count", count));
    }

    /// <summary>All that images were said to show.</summary>
    public IReadOnlyList<string> Labels()
    {
        using var connection = database.Open();
        return connection.Query("SELECT DISTINCT label FROM images WHERE label IS NOT NULL ORDER BY label", reader => reader.GetString(0));
    }

    public ImageCounts Count()
    {
        using var connection = database.Open();
        return connection.Query("SELECT COUNT(*), COUNT(label), COALESCE(SUM(held_out), 0) FROM images", reader => new ImageCounts(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)))[0];
    }

    /// <summary>Deletes files that no row names.</summary>
    public void Sweep()
    {
        using var connection = database.Open();
        files.Sweep(connection.Query("SELECT id, format FROM images", reader => Path.GetFileName(files.Path(reader.GetString(0), reader.GetString(1)))).ToHashSet());
    }

    // Whether an image is held out is decided once: one that has trained a model can't judge another.
    private static bool Annotate(SqliteConnection connection, string id, Annotation annotation)
    {
        var known = connection.Execute(
            "UPDATE images SET label = $words, labelled = $now, held_out = COALESCE(held_out, "
            + "(SELECT COUNT(*) % $oneIn = $first FROM images WHERE label = $class OR ($class IS NULL AND label IS NOT NULL))) WHERE id = $id",
            ("$id", id), ("$words", annotation.Words), ("$class", annotation.Class), ("$now", Now.Text), ("$oneIn", HeldOutOneIn), ("$first", FirstHeldOut)) > 0;
        if (known)
            BoxStore.Write(connection, id, annotation.Boxes);
        return known;
    }

    private static StoredImage Read(SqliteDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.Text(4), reader.WholeNumber(5), reader.Text(6),
        reader.WholeNumber(7) is { } heldOut ? heldOut != 0 : null, (int?)reader.WholeNumber(8), (int?)reader.WholeNumber(9));
}
