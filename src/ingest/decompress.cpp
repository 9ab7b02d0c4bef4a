#include "ingest/decompress.h"

#include <zlib.h>
#include <zstd.h>

#include <vector>

#include "base/text.h"

namespace vg::ingest {
namespace {

constexpr std::size_t kPiece = 256 << 10;

Error too_large(std::uint64_t most) { return {Code::too_large, "the body is longer than " + std::to_string(most) + " bytes after decompression"}; }

class Identity final : public Decompressor {
public:
    explicit Identity(std::uint64_t most) : most_(most) {}
    Result<bool> feed(std::string_view bytes, const OnBytes& on_bytes) override {
        total_ += bytes.size();
        if (total_ > most_) return fail(too_large(most_));
        return on_bytes(bytes);
    }
    Status finish() override { return {}; }

private:
    const std::uint64_t most_;
    std::uint64_t total_ = 0;
};

// gzip with any number of members behind each other, and zlib.
class Zlib final : public Decompressor {
public:
    explicit Zlib(std::uint64_t most) : most_(most), out_(kPiece) { good_ = inflateInit2(&stream_, 15 + 32) == Z_OK; }
    ~Zlib() override { inflateEnd(&stream_); }
    Zlib(const Zlib&) = delete;
    Zlib& operator=(const Zlib&) = delete;

    Result<bool> feed(std::string_view bytes, const OnBytes& on_bytes) override {
        if (!good_) return fail(Code::internal, "zlib cannot be used");
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
        stream_.avail_in = static_cast<uInt>(bytes.size());
        while (stream_.avail_in > 0) {
            if (ended_) {
                if (inflateReset2(&stream_, 15 + 32) != Z_OK) return fail(Code::internal, "zlib cannot be used");
                ended_ = false;
            }
            const Step step = TRY(run(on_bytes));
            if (!step.more) return false;
        }
        return true;
    }
    Status finish() override {
        if (!ended_) return fail(Code::bad_input, "the compressed body is not complete");
        return {};
    }

private:
    struct Step {
        bool more;
    };
    Result<Step> run(const OnBytes& on_bytes) {
        do {
            stream_.next_out = out_.data();
            stream_.avail_out = static_cast<uInt>(out_.size());
            const int status = inflate(&stream_, Z_NO_FLUSH);
            if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) return fail(Code::bad_input, "the body is not valid gzip");
            const std::size_t count = out_.size() - stream_.avail_out;
            total_ += count;
            if (total_ > most_) return fail(too_large(most_));
            if (count > 0 && !on_bytes({reinterpret_cast<const char*>(out_.data()), count})) return Step{false};
            if (status == Z_STREAM_END) {
                ended_ = true;
                break;
            }
            if (status == Z_BUF_ERROR && count == 0) break;
        } while (stream_.avail_out == 0 || stream_.avail_in > 0);
        return Step{true};
    }

    const std::uint64_t most_;
    std::uint64_t total_ = 0;
    z_stream stream_{};
    std::vector<Bytef> out_;
    bool good_ = false;
    bool ended_ = false;
};

class Zstd final : public Decompressor {
public:
    explicit Zstd(std::uint64_t most) : most_(most), stream_(ZSTD_createDStream()), out_(kPiece) {
        // A frame may ask for a window of 8 MB, as RFC 8878 recommends to allow; a larger one is refused.
        ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, 23);
    }
    ~Zstd() override { ZSTD_freeDStream(stream_); }
    Zstd(const Zstd&) = delete;
    Zstd& operator=(const Zstd&) = delete;

    Result<bool> feed(std::string_view bytes, const OnBytes& on_bytes) override {
        ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
        bool full = false;
        while (in.pos < in.size || full) {
            ZSTD_outBuffer out{out_.data(), out_.size(), 0};
            rest_ = ZSTD_decompressStream(stream_, &out, &in);
            if (ZSTD_isError(rest_) != 0) return fail(Code::bad_input, std::string{"the body is not valid zstd: "} + ZSTD_getErrorName(rest_));
            started_ = true;
            full = out.pos == out.size;
            total_ += out.pos;
            if (total_ > most_) return fail(too_large(most_));
            if (out.pos > 0 && !on_bytes({out_.data(), out.pos})) return false;
        }
        return true;
    }
    Status finish() override {
        if (!started_ || rest_ != 0) return fail(Code::bad_input, "the compressed body is not complete");
        return {};
    }

private:
    const std::uint64_t most_;
    std::uint64_t total_ = 0;
    ZSTD_DStream* stream_;
    std::vector<char> out_;
    std::size_t rest_ = 0;
    bool started_ = false;
};

}  // namespace

Result<std::unique_ptr<Decompressor>> Decompressor::make(std::string_view encoding, std::uint64_t most_bytes) {
    const std::string name = lower_ascii(trim(encoding));
    std::unique_ptr<Decompressor> made;
    if (name.empty() || name == "identity") made = std::make_unique<Identity>(most_bytes);
    if (name == "gzip" || name == "x-gzip" || name == "deflate") made = std::make_unique<Zlib>(most_bytes);
    if (name == "zstd") made = std::make_unique<Zstd>(most_bytes);
    if (!made) return fail(Code::bad_input, "the Content-Encoding " + shorten(name, 40) + " is not taken: gzip, deflate, zstd or none");
    return made;
}

}  // namespace vg::ingest
