// What MLImage needs of C++: decoding (libturbojpeg for JPEG, stb_image for PNG, BMP and GIF), encoding, and smooth resizing.
// Pixels are 8-bit BGRA, rows from top to bottom without padding, colours premultiplied by alpha, as the real package's are.
#include <algorithm>
#include <climits>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>
#include <turbojpeg.h>

#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_PNG
#define STBI_ONLY_BMP
#define STBI_ONLY_GIF
#define STBI_NO_STDIO
#define STBI_FAILURE_USERMSG
#include <stb/stb_image.h>

#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STBI_WRITE_NO_STDIO
#include <stb/stb_image_write.h>

#if defined(_WIN32)
#define API extern "C" __declspec(dllexport)
#else
#define API extern "C" __attribute__((visibility("default")))
#endif

namespace {

// libturbojpeg's handles are dear to make (about as dear as decoding a thumbnail) and not shareable: one of each kind a thread.
struct JpegHandle {
    tjhandle handle;
    explicit JpegHandle(tjhandle made) : handle(made) {}
    ~JpegHandle() { if (handle) tjDestroy(handle); }
};

JpegHandle& jpeg_reader() { thread_local JpegHandle reader(tjInitDecompress()); return reader; }
JpegHandle& jpeg_writer() { thread_local JpegHandle writer(tjInitCompress()); return writer; }

thread_local char last_error[256];

int fail(const char* message) {
    std::snprintf(last_error, sizeof last_error, "%s", message);
    return -1;
}

bool is_jpeg(const uint8_t* data, int length) { return length > 2 && data[0] == 0xFF && data[1] == 0xD8 && data[2] == 0xFF; }

uint8_t scale(int value, int by) { return (uint8_t)((value * by + 127) / 255); }

// After an error the handle still holds on to the broken file, and would fail the next one too.
int fail(JpegHandle& owner, tjhandle renewed(void)) {
    fail(tjGetErrorStr2(owner.handle));
    tjDestroy(owner.handle);
    owner.handle = renewed();
    return -1;
}

int read_jpeg_header(const uint8_t* data, int length, int* width, int* height, int* colours) {
    int subsampling;
    return tjDecompressHeader3(jpeg_reader().handle, data, length, width, height, &subsampling, colours) == 0
        ? 0 : fail(jpeg_reader(), tjInitDecompress);
}

int decode_jpeg(const uint8_t* data, int length, int width, int height, uint8_t* bgra) {
    JpegHandle& reader = jpeg_reader();
    int w, h, colours;
    if (read_jpeg_header(data, length, &w, &h, &colours) != 0) return -1;
    bool cmyk = colours == TJCS_CMYK || colours == TJCS_YCCK;
    int code = tjDecompress2(reader.handle, data, length, bgra, width, 0, height, cmyk ? TJPF_CMYK : TJPF_BGRA, TJFLAG_ACCURATEDCT);
    // A warning is a picture with a damaged or missing part: like the real package, take what there is.
    bool damaged = code != 0, usable = !damaged || tjGetErrorCode(reader.handle) == TJERR_WARNING;
    if (damaged) fail(reader, tjInitDecompress);
    if (!usable) return -1;
    if (!cmyk) return 0;
    // Files in practice store CMYK inverted (255 is no ink), as Adobe began it.
    for (uint8_t *p = bgra, *end = bgra + (size_t)width * height * 4; p < end; p += 4) {
        uint8_t r = scale(p[0], p[3]), g = scale(p[1], p[3]), b = scale(p[2], p[3]);
        p[0] = b; p[1] = g; p[2] = r; p[3] = 255;
    }
    return 0;
}

int decode_other(const uint8_t* data, int length, int width, int height, uint8_t* bgra) {
    int w, h, channels;
    uint8_t* rgba = stbi_load_from_memory(data, length, &w, &h, &channels, 4);
    if (!rgba) return fail(stbi_failure_reason());
    if (w != width || h != height) { stbi_image_free(rgba); return fail("the size in the header is not the size of the data"); }
    for (size_t i = 0, n = (size_t)w * h * 4; i < n; i += 4) {
        int a = rgba[i + 3];
        bgra[i] = scale(rgba[i + 2], a); bgra[i + 1] = scale(rgba[i + 1], a); bgra[i + 2] = scale(rgba[i], a); bgra[i + 3] = (uint8_t)a;
    }
    stbi_image_free(rgba);
    return 0;
}

// One destination pixel along one axis: `count` source pixels from `first` on, weighted by weights[offset...].
struct Taps { int first, count, offset; };

float mitchell(float x) {
    const float b = 1.f / 3, c = 1.f / 3;   // Mitchell & Netravali 1988: the best of the family to the eye
    x = std::fabs(x);
    if (x < 1) return ((12 - 9 * b - 6 * c) * x * x * x + (-18 + 12 * b + 6 * c) * x * x + (6 - 2 * b)) / 6;
    if (x < 2) return ((-b - 6 * c) * x * x * x + (6 * b + 30 * c) * x * x + (-12 * b - 48 * c) * x + (8 * b + 24 * c)) / 6;
    return 0;
}

// Weights for destination pixels [from, to) of an axis on which `source` pixels become `target`; shrinking widens the filter.
void make_taps(int source, int target, int from, int to, std::vector<Taps>& taps, std::vector<float>& weights) {
    double step = (double)source / target, widen = std::max(step, 1.0);
    for (int i = from; i < to; i++) {
        double centre = (i + 0.5) * step;
        int first = std::max(0, (int)std::floor(centre - 2 * widen)), last = std::min(source, (int)std::ceil(centre + 2 * widen));
        int offset = (int)weights.size();
        float sum = 0;
        for (int s = first; s < last; s++) {
            float w = mitchell((float)((s + 0.5 - centre) / widen));
            weights.push_back(w);
            sum += w;
        }
        for (size_t k = offset; k < weights.size(); k++) weights[k] /= sum;
        taps.push_back({first, last - first, offset});
    }
}

typedef float Pixel __attribute__((vector_size(16)));

typedef int32_t Whole __attribute__((vector_size(16)));

Pixel load(const uint8_t* p) {
    Whole whole = {p[0], p[1], p[2], p[3]};
    return __builtin_convertvector(whole, Pixel);
}

void store(Pixel value, uint8_t* p) {
    const Pixel none = {}, full = {255, 255, 255, 255};
    value = value < none ? none : value;
    value = (value > full ? full : value) + 0.5f;
    Whole whole = __builtin_convertvector(value, Whole);
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)whole[i];
}

void resize_row(const uint8_t* source, const std::vector<Taps>& taps, const float* weights, Pixel* to) {
    for (const Taps& t : taps) {
        Pixel sum = {};
        const uint8_t* p = source + (size_t)t.first * 4;
        for (int k = 0; k < t.count; k++, p += 4) sum += load(p) * weights[t.offset + k];
        *to++ = sum;
    }
}

}

API const char* image_error() { return last_error; }

// The size from the header alone, so that the caller can allocate; 0, or -1 with image_error().
API int image_size(const uint8_t* data, int length, int* width, int* height) {
    int channels;
    if (is_jpeg(data, length)) return read_jpeg_header(data, length, width, height, &channels);
    if (!stbi_info_from_memory(data, length, width, height, &channels)) return fail(stbi_failure_reason());
    if (*height < 0 && *height > INT_MIN) *height = -*height;   // BMP's way to say that rows run from top to bottom
    return 0;
}

API int image_decode(const uint8_t* data, int length, int width, int height, uint8_t* bgra) {
    return is_jpeg(data, length) ? decode_jpeg(data, length, width, height, bgra) : decode_other(data, length, width, height, bgra);
}

typedef void (*Sink)(void* context, void* data, int length);

API int image_encode_jpeg(const uint8_t* pixels, int width, int height, int rgba, int quality, Sink sink, void* context) {
    JpegHandle& writer = jpeg_writer();
    unsigned char* jpeg = nullptr;
    unsigned long size = 0;
    int code = tjCompress2(writer.handle, pixels, width, 0, height, rgba ? TJPF_RGBA : TJPF_BGRA, &jpeg, &size, TJSAMP_420, quality,
                           TJFLAG_ACCURATEDCT);
    if (code == 0) sink(context, jpeg, (int)size);
    tjFree(jpeg);
    return code == 0 ? 0 : fail(writer, tjInitCompress);
}

// `pixels` are plain (not premultiplied) RGB or RGBA, by `channels`.
API int image_encode_png(const uint8_t* pixels, int width, int height, int channels, Sink sink, void* context) {
    return stbi_write_png_to_func(sink, context, width, height, channels, pixels, width * channels) ? 0 : fail("out of memory");
}

// Draws the whole source into the rectangle (x, y, w, h) of the destination, which may stick out of it; the rest stays as it is.
API void image_draw(const uint8_t* source, int source_width, int source_height, uint8_t* target, int target_width, int target_height,
                    int x, int y, int w, int h) {
    int left = std::max(x, 0), right = std::min(x + w, target_width), top = std::max(y, 0), bottom = std::min(y + h, target_height);
    if (left >= right || top >= bottom) return;
    std::vector<Taps> columns, rows;
    std::vector<float> column_weights, row_weights;
    make_taps(source_width, w, left - x, right - x, columns, column_weights);
    make_taps(source_height, h, top - y, bottom - y, rows, row_weights);

    int first = rows.front().first, last = rows.back().first + rows.back().count, width = right - left;
    std::vector<Pixel> narrowed((size_t)(last - first) * width);
    for (int r = first; r < last; r++)
        resize_row(source + (size_t)r * source_width * 4, columns, column_weights.data(), &narrowed[(size_t)(r - first) * width]);

    std::vector<Pixel> sum(width);
    for (size_t r = 0; r < rows.size(); r++) {
        std::fill(sum.begin(), sum.end(), Pixel{});
        for (int k = 0; k < rows[r].count; k++) {
            const Pixel* line = &narrowed[(size_t)(rows[r].first + k - first) * width];
            float weight = row_weights[rows[r].offset + k];
            for (int c = 0; c < width; c++) sum[c] += line[c] * weight;
        }
        uint8_t* out = target + ((size_t)(top + r) * target_width + left) * 4;
        for (int c = 0; c < width; c++, out += 4) store(sum[c], out);
    }
}
