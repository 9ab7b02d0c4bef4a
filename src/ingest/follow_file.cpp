#include "ingest/follow_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/bytes.h"
#include "base/text.h"

namespace vg::ingest {
namespace {

constexpr std::uint64_t kHead = 256;
constexpr std::size_t kFilePiece = std::size_t{256} << 10;
constexpr int kPieces = 16;  // of one file at one look

Result<std::size_t> read_at(int fd, char* to, std::size_t size, std::uint64_t offset) {
    for (;;) {
        const ssize_t count = ::pread(fd, to, size, static_cast<off_t>(offset));
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR) return fail(Code::unavailable, std::string{"cannot be read: "} + std::strerror(errno));
    }
}

}  // namespace

std::uint64_t hash_of_head(int fd, std::uint64_t bytes) {
    char head[kHead];
    const auto count = read_at(fd, head, static_cast<std::size_t>(std::min(bytes, kHead)), 0);
    return count && *count == std::min(bytes, kHead) ? hash64({head, *count}) : 0;
}

json::Value to_json(const FilePlace& place) {
    return json::object({{"source", place.source},
                         {"path", place.path},
                         {"device", std::to_string(place.mark.device)},
                         {"inode", std::to_string(place.mark.inode)},
                         {"head_bytes", place.mark.head_bytes},
                         {"head_hash", std::to_string(place.mark.head_hash)},
                         {"offset", place.offset},
                         {"skipping", place.skipping}});
}

std::optional<FilePlace> place_from(const json::Value& value) {
    const auto number = [&](std::string_view name) -> std::uint64_t {
        const std::string text = value.text(name).value_or("0");
        return std::strtoull(text.c_str(), nullptr, 10);
    };
    FilePlace place;
    place.source = value.text("source").value_or("");
    place.path = value.text("path").value_or("");
    place.mark = {number("device"), number("inode"), static_cast<std::uint64_t>(std::max<std::int64_t>(0, value.integer("head_bytes").value_or(0))), number("head_hash")};
    place.offset = static_cast<std::uint64_t>(std::max<std::int64_t>(0, value.integer("offset").value_or(0)));
    place.skipping = value.boolean("skipping").value_or(false);
    if (place.source.empty() || place.path.empty()) return std::nullopt;
    return place;
}

Result<std::unique_ptr<FollowedFile>> FollowedFile::open(const std::string& source, const std::string& path, std::string_view encoding, const FilePlace* known, bool from_start) {
    std::unique_ptr<FollowedFile> file{new FollowedFile};
    file->fd_ = net::Fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    struct stat info {};
    if (file->fd_.get() < 0 || ::fstat(file->fd_.get(), &info) != 0) return fail(Code::unavailable, std::string{"cannot be opened: "} + std::strerror(errno));
    if (!S_ISREG(info.st_mode)) return fail(Code::bad_input, "is no file");
    char first[2] = {};
    const std::size_t mark = TRY(read_at(file->fd_.get(), first, sizeof first, 0));
    file->decoder_ = TRY(TextDecoder::make(encoding.empty() ? encoding_of_mark({first, mark}) : encoding));
    file->place_ = {.source = source, .path = path, .mark = {info.st_dev, info.st_ino, 0, 0}, .offset = 0, .skipping = false};
    file->size_ = static_cast<std::uint64_t>(info.st_size);
    const bool same = known != nullptr && known->mark.device == info.st_dev && known->mark.inode == info.st_ino &&
                      (known->mark.head_bytes == 0 || hash_of_head(file->fd_.get(), known->mark.head_bytes) == known->mark.head_hash);
    if (same && known->offset <= file->size_) {
        file->place_.offset = known->offset;
        file->place_.skipping = known->skipping;
        file->place_.mark = known->mark;
    } else if (known == nullptr && !from_start) {
        file->place_.offset = file->size_;
        file->place_.skipping = file->size_ > 0;  // perhaps inside a line
        if (file->size_ > 0) {
            char last = 0;
            const std::uint64_t behind = file->decoder_->unit() == TextUnit::utf16le ? 2 : 1;
            if (file->size_ >= behind && TRY(read_at(file->fd_.get(), &last, 1, file->size_ - behind)) == 1 && last == '\n') file->place_.skipping = false;
        }
    }
    return file;
}

// Whether the file was truncated, or written anew, since the last look.
Status FollowedFile::look_again() {
    struct stat info {};
    if (::fstat(fd_.get(), &info) != 0) return fail(Code::unavailable, std::strerror(errno));
    size_ = static_cast<std::uint64_t>(info.st_size);
    FileMark& mark = place_.mark;
    const bool another = size_ < place_.offset || (mark.head_bytes > 0 && size_ > place_.offset && hash_of_head(fd_.get(), mark.head_bytes) != mark.head_hash);
    if (another) {
        place_.offset = 0;
        place_.skipping = false;
        mark.head_bytes = 0;
    }
    if (mark.head_bytes < kHead && size_ > mark.head_bytes) {
        mark.head_bytes = std::min(size_, kHead);
        mark.head_hash = hash_of_head(fd_.get(), mark.head_bytes);
    }
    return {};
}

Result<bool> FollowedFile::read(Delivery& delivery, const SourceFacts& source, std::size_t line_bytes, const std::function<Status()>& flush) {
    TRY(look_again());
    const TextUnit unit = decoder_->unit();
    for (int i = 0; i < kPieces; ++i) {
        if (size_ <= place_.offset) return false;
        buffer_.resize(std::max(kFilePiece, line_bytes + 64));
        const std::size_t count = TRY(read_at(fd_.get(), buffer_.data(), buffer_.size(), place_.offset));
        const std::string_view bytes{buffer_.data(), count};
        if (count == 0) return false;
        std::size_t used = 0;
        if (place_.skipping) {
            const std::size_t behind = behind_line_end(bytes, unit);
            place_.skipping = behind == std::string_view::npos;
            used = place_.skipping ? bytes.size() - (unit == TextUnit::byte ? 0 : bytes.size() % 2) : behind;
        } else {
            used = split_file_lines(bytes, unit, line_bytes, [&](const FileLine& line) {
                if (line.too_long) {
                    delivery.refuse(source);
                    place_.skipping = line.goes_on;
                    return;
                }
                const std::string text = decoder_->decode(line.bytes);
                if (!trim(text).empty()) delivery.add(source, shorten(place_.path, 255), text);
            });
        }
        if (used == 0) return false;  // a line whose end has not come
        TRY(flush());
        place_.offset += used;
        buffer_.clear();
    }
    return true;
}

void FollowedFile::finish(Delivery& delivery, const SourceFacts& source) {
    if (size_ <= place_.offset || place_.skipping) return;
    buffer_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(size_ - place_.offset, std::uint64_t{16} << 20)));
    const auto count = read_at(fd_.get(), buffer_.data(), buffer_.size(), place_.offset);
    if (!count) return;
    const std::string text = decoder_->decode({buffer_.data(), *count});
    if (!trim(text).empty()) delivery.add(source, shorten(place_.path, 255), text);
    place_.offset += *count;
    buffer_.clear();
}

}  // namespace vg::ingest
