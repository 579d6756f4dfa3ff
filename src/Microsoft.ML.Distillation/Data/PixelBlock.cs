using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Microsoft.ML.Distillation.Data;

/// <summary>A fixed run of bytes outside the managed heap: plain memory, or a temporary file that is gone when it is disposed.</summary>
internal sealed unsafe class PixelBlock : IDisposable
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private byte* _start;

    private PixelBlock(byte* start) => _start = start;

    private PixelBlock(MemoryMappedFile file, MemoryMappedViewAccessor view)
    {
        (_file, _view) = (file, view);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    ~PixelBlock() => Release();

    public static PixelBlock InMemory(long bytes) => new((byte*)NativeMemory.AllocZeroed((nuint)bytes));

    public static PixelBlock InFile(long bytes, string folder)
    {
        var path = Path.Combine(folder, $"distillation-{Guid.NewGuid():N}.pixels");
        // Without the space set aside now, a disk that is full later would end the process where a pixel is written.
        var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 1, Options = FileOptions.DeleteOnClose, PreallocationSize = bytes,
        });
        MemoryMappedFile? file = null;
        try
        {
            stream.SetLength(bytes);
            file = MemoryMappedFile.CreateFromFile(stream, null, bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
            return new PixelBlock(file, file.CreateViewAccessor());
        }
        catch
        {
            file?.Dispose();
            stream.Dispose();
            throw;
        }
    }

    public Span<byte> Row(int row, int rowBytes)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        return new(_start + (long)row * rowBytes, rowBytes);
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (_start is null)
            return;
        if (_view is null)
            NativeMemory.Free(_start);
        else
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _start = null;
        _view?.Dispose();
        _file?.Dispose();
    }
}
