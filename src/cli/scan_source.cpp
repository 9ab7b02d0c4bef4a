#include "cli/scan_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "base/text.h"

namespace vg::cli {

namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10;
constexpr int kWindowLog = 27;  // what `zstd --long=27` writes; 128 MB for the window at most

Code code_of(int number) {
    if (number == ENOENT || number == ENOTDIR) return Code::not_found;
    return number == EACCES || number == EPERM ? Code::denied : Code::unavailable;
}

class File {
public:
    File(int descriptor, bool owned) : descriptor_(descriptor), owned_(owned), bytes_(kPiece) {}
    ~File() {
        if (owned_) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    // Empty at the end.
    Result<std::string_view> read() {
        for (;;) {
            const ssize_t got = ::read(descriptor_, bytes_.data(), bytes_.size());
            if (got >= 0) return std::string_view{bytes_.data(), static_cast<std::size_t>(got)};
            if (errno != EINTR) return fail(code_of(errno), format("cannot be read: {}", std::strerror(errno)));
        }
    }
    [[nodiscard]] int descriptor() const { return descriptor_; }

private:
    const int descriptor_;
    const bool owned_;
    std::vector<char> bytes_;
};

class Source final : public ByteSource {
public:
    explicit Source(std::unique_ptr<File> file) : file_(std::move(file)) {
        struct stat facts {};
        if (::fstat(file_->descriptor(), &facts) == 0) changed_ = {facts.st_mtim.tv_sec * 1'000'000 + facts.st_mtim.tv_nsec / 1'000};
    }
    ~Source() override {
        if (packing_ == Packing::gzip) inflateEnd(&gzip_);
        if (zstd_ != nullptr) ZSTD_freeDStream(zstd_);
    }
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;

    Result<std::string_view> next() override {
        if (packing_ == Packing::unknown) TRY(recognise());
        switch (packing_) {
            case Packing::gzip: return next_gzip();
            case Packing::zstd: return next_zstd();
            case Packing::unknown:
            case Packing::none: break;
        }
        if (!head_.empty()) {
            plain_ = std::move(head_);
            head_.clear();
            return plain_;
        }
        return file_->read();
    }
    [[nodiscard]] Time changed() const override { return changed_; }

private:
    enum class Packing : std::uint8_t { unknown, none, gzip, zstd };

    Status recognise() {
        while (head_.size() < 4) {
            const std::string_view piece = TRY(file_->read());
            if (piece.empty()) break;
            head_.append(piece);
        }
        packing_ = Packing::none;
        constexpr std::string_view kGzip{"\x1F\x8B", 2};
        constexpr std::string_view kZstd{"\x28\xB5\x2F\xFD", 4};
        if (head_.starts_with(kGzip)) {
            if (inflateInit2(&gzip_, 15 + 16) != Z_OK) return fail(Code::internal, "zlib cannot be used");
            packing_ = Packing::gzip;
        } else if (head_.starts_with(kZstd)) {
            zstd_ = ZSTD_createDStream();
            if (zstd_ == nullptr) return fail(Code::internal, "zstd cannot be used");
            ZSTD_DCtx_setParameter(zstd_, ZSTD_d_windowLogMax, kWindowLog);
            packing_ = Packing::zstd;
        }
        if (packing_ != Packing::none) out_.resize(kPiece);
        packed_ = head_;
        return {};
    }

    // Makes sure that packed_ holds something; false at the end of the file.
    Result<bool> refill() {
        if (packed_.empty()) packed_ = TRY(file_->read());
        return !packed_.empty();
    }

    // Members of a gzip file stand one behind the other; zeros that pad a tape's block end it.
    Result<std::string_view> next_gzip() {
        for (;;) {
            const bool any = TRY(refill());
            if (!any) {
                if (inside_) return fail(Code::corrupt, "the gzip data ends too early");
                return std::string_view{};
            }
            if (!inside_) {
                if (begun_ && packed_.find_first_not_of('\0') == std::string_view::npos) {
                    packed_ = {};
                    continue;
                }
                if (begun_) inflateReset(&gzip_);
                begun_ = inside_ = true;
            }
            gzip_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed_.data()));
            gzip_.avail_in = static_cast<uInt>(packed_.size());
            gzip_.next_out = reinterpret_cast<Bytef*>(out_.data());
            gzip_.avail_out = static_cast<uInt>(out_.size());
            const int status = inflate(&gzip_, Z_NO_FLUSH);
            const std::size_t made = out_.size() - gzip_.avail_out;
            packed_ = packed_.substr(packed_.size() - gzip_.avail_in);
            if (status == Z_STREAM_END) inside_ = false;
            const bool good = status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR;
            if (made == 0 && !good) return fail(Code::corrupt, format("the gzip data is damaged: {}", gzip_.msg == nullptr ? "no reason given" : gzip_.msg));
            if (made > 0) return std::string_view{out_.data(), made};
        }
    }

    Result<std::string_view> next_zstd() {
        for (;;) {
            const bool any = full_ || TRY(refill());
            if (!any) {
                if (inside_) return fail(Code::corrupt, "the zstd data ends too early");
                return std::string_view{};
            }
            ZSTD_inBuffer in{packed_.data(), packed_.size(), 0};
            ZSTD_outBuffer out{out_.data(), out_.size(), 0};
            const std::size_t rest = ZSTD_decompressStream(zstd_, &out, &in);
            packed_ = packed_.substr(in.pos);
            if (ZSTD_isError(rest) != 0) return fail(Code::corrupt, format("the zstd data is damaged: {}", ZSTD_getErrorName(rest)));
            inside_ = rest != 0;
            full_ = out.pos == out.size && inside_;  // more may wait inside
            if (out.pos > 0) return std::string_view{out_.data(), out.pos};
        }
    }

    const std::unique_ptr<File> file_;
    Time changed_;
    Packing packing_ = Packing::unknown;
    std::string head_;          // the first bytes
    std::string plain_;         // the same, given out
    std::string_view packed_;   // not yet unpacked; within head_ or the file's buffer
    std::vector<char> out_;
    z_stream gzip_{};
    ZSTD_DStream* zstd_ = nullptr;
    bool inside_ = false;  // of a member or frame
    bool begun_ = false;
    bool full_ = false;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> ByteSource::open(const std::string& path) {
    if (path == "-") return std::make_unique<Source>(std::make_unique<File>(STDIN_FILENO, false));
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0) return fail(code_of(errno), format("cannot be opened: {}", std::strerror(errno)));
    ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
    return std::make_unique<Source>(std::make_unique<File>(descriptor, true));
}

}  // namespace vg::cli
