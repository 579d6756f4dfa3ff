#nullable disable annotations // TorchSharp's type parameters are not annotated
using System.Collections;

namespace TorchSharp.Utils;

/// <summary>A dictionary that keeps the order of insertion, readable by position too.</summary>
public class OrderedDict<TKey, TValue> : IDictionary<TKey, TValue>, IList<(TKey, TValue)>
{
    private readonly List<(TKey Key, TValue Value)> _items = [];
    private readonly Dictionary<TKey, int> _positions = [];

    public ICollection<TKey> Keys => [.. keys()];

    public ICollection<TValue> Values => [.. values()];

    public int Count => _items.Count;

    public bool IsReadOnly => false;

    public TValue this[TKey key]
    {
        get => _items[_positions[key]].Value;
        set
        {
            if (_positions.TryGetValue(key, out int at))
                _items[at] = (key, value);
            else
                Add(key, value);
        }
    }

    public (TKey, TValue) this[int index]
    {
        get => _items[index];
        set
        {
            _items[index] = value;
            Renumber();
        }
    }

    public IEnumerable<TKey> keys() => _items.Select(item => item.Key);

    public IEnumerable<TValue> values() => _items.Select(item => item.Value);

    public IEnumerator<(TKey, TValue)> items() => GetEnumerator();

    public void Add(TKey key, TValue value)
    {
        _positions.Add(key, _items.Count);
        _items.Add((key, value));
    }

    public void Add((TKey, TValue) item) => Add(item.Item1, item.Item2);

    public void Add(KeyValuePair<TKey, TValue> item) => Add(item.Key, item.Value);

    public void Insert(int index, (TKey, TValue) item)
    {
        if (_positions.ContainsKey(item.Item1))
            throw new ArgumentException($"The key '{item.Item1}' is there already.");
        _items.Insert(index, item);
        Renumber();
    }

    public bool Remove(TKey key)
    {
        if (!_positions.TryGetValue(key, out int at))
            return false;
        RemoveAt(at);
        return true;
    }

    public bool Remove((TKey, TValue) item) => Contains(item) && Remove(item.Item1);

    public bool Remove(KeyValuePair<TKey, TValue> item) => Remove((item.Key, item.Value));

    public void RemoveAt(int index)
    {
        _items.RemoveAt(index);
        Renumber();
    }

    public void Clear()
    {
        _items.Clear();
        _positions.Clear();
    }

    public void clear() => Clear();

    public bool ContainsKey(TKey key) => _positions.ContainsKey(key);

    public bool Contains((TKey, TValue) item) => IndexOf(item) >= 0;

    public bool Contains(KeyValuePair<TKey, TValue> item) => Contains((item.Key, item.Value));

    public int IndexOf((TKey, TValue) item) =>
        _positions.TryGetValue(item.Item1, out int at) && EqualityComparer<TValue>.Default.Equals(_items[at].Value, item.Item2) ? at : -1;

    public bool TryGetValue(TKey key, out TValue value)
    {
        bool found = _positions.TryGetValue(key, out int at);
        value = found ? _items[at].Value : default!;
        return found;
    }

    public void CopyTo((TKey, TValue)[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);

    public void CopyTo(KeyValuePair<TKey, TValue>[] array, int arrayIndex)
    {
        foreach (var (key, value) in _items)
            array[arrayIndex++] = new(key, value);
    }

    public IEnumerator<(TKey, TValue)> GetEnumerator() => _items.GetEnumerator();

    IEnumerator<KeyValuePair<TKey, TValue>> IEnumerable<KeyValuePair<TKey, TValue>>.GetEnumerator() =>
        _items.Select(item => KeyValuePair.Create(item.Key, item.Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Renumber()
    {
        _positions.Clear();
        for (int i = 0; i < _items.Count; i++)
            _positions.Add(_items[i].Key, i);
    }
}
