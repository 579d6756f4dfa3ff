namespace Microsoft.ML.Data;

// Derived ids only have to be repeatable and not to collide: each half is mixed with the other by a multiplicative hash.
public readonly struct DataViewRowId : IComparable<DataViewRowId>, IEquatable<DataViewRowId>
{
    public readonly ulong Low;
    public readonly ulong High;

    public DataViewRowId(ulong low, ulong high)
    {
        Low = low;
        High = high;
    }

    public DataViewRowId Fork() => Mixed(0x9E3779B97F4A7C15);

    public DataViewRowId Next() => Mixed(0xD1B54A32D192ED03);

    public DataViewRowId Combine(DataViewRowId other) =>
        new DataViewRowId(Low ^ Mix(other.Low + 1), High ^ Mix(other.High + 3)).Mixed(0x8CB92BA72F3D8DD7);

    private DataViewRowId Mixed(ulong salt) => new(Mix(Low + salt) ^ High, Mix(High ^ (Low * salt)));

    internal static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    public bool Equals(DataViewRowId other) => Low == other.Low && High == other.High;

    public int CompareTo(DataViewRowId other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    public override bool Equals(object obj) => obj is DataViewRowId other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Low, High);

    public override string ToString() => $"{High:x16}{Low:x16}";
}
