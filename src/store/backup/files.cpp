#include "store/backup/files.h"

#include <zstd.h>

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace vg::store::backup {

namespace {

constexpr std::size_t kTail = 4096;
constexpr std::size_t kMostLine = std::size_t{256} << 20;
constexpr int kLevel = 3;

}  // namespace

EntryWriter::EntryWriter(Depot& depot, const std::map<std::string, Piece>& known, Random& random, std::string path)
    : depot_(depot), known_(known), random_(random) {
    entry_.path = std::move(path);
}

Status EntryWriter::add(std::string_view bytes, const std::function<bool(std::uint64_t)>& added) {
    while (!bytes.empty()) {
        const std::string_view part = bytes.substr(0, kPieceBytes - pending_.size());
        pending_ += part;
        bytes.remove_prefix(part.size());
        if (pending_.size() == kPieceBytes) TRY(flush(added));
    }
    return {};
}

Status EntryWriter::flush(const std::function<bool(std::uint64_t)>& added) {
    if (pending_.empty()) return {};
    hash_.add(pending_);
    entry_.pieces.push_back(TRY(depot_.put(pending_, known_, random_)));
    entry_.bytes += pending_.size();
    tail_ += std::string_view{pending_}.substr(pending_.size() - std::min(pending_.size(), kTail));
    if (tail_.size() > kTail) tail_.erase(0, tail_.size() - kTail);
    const std::size_t size = pending_.size();
    pending_.clear();
    return added(size) ? Status{} : stopped();
}

Result<Entry> EntryWriter::finish(const std::function<bool(std::uint64_t)>& added) {
    TRY(flush(added));
    entry_.sha256 = to_hex(as_view(hash_.finish()));
    entry_.tail = sha256_hex(tail_);
    return std::move(entry_);
}

Result<std::string> tail_of(const File& file, std::uint64_t bytes) {
    const std::uint64_t from = bytes - std::min<std::uint64_t>(bytes, kTail);
    const std::string tail = TRY(file.read(from, static_cast<std::size_t>(bytes - from)));
    if (tail.size() != bytes - from) return fail(Code::unavailable, "the file is shorter than it was");
    return sha256_hex(tail);
}

Packing::Packing(Take take) : take_(std::move(take)), context_(ZSTD_createCCtx()), out_(ZSTD_CStreamOutSize(), '\0') {
    CHECK(context_ != nullptr, "there is memory for a compressor");
    ZSTD_CCtx_setParameter(static_cast<ZSTD_CCtx*>(context_), ZSTD_c_compressionLevel, kLevel);
    ZSTD_CCtx_setParameter(static_cast<ZSTD_CCtx*>(context_), ZSTD_c_checksumFlag, 1);
}

Packing::~Packing() { ZSTD_freeCCtx(static_cast<ZSTD_CCtx*>(context_)); }

Status Packing::run(std::string_view bytes, int mode) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    while (true) {
        ZSTD_outBuffer out{out_.data(), out_.size(), 0};
        const std::size_t left = ZSTD_compressStream2(static_cast<ZSTD_CCtx*>(context_), &out, &in, static_cast<ZSTD_EndDirective>(mode));
        if (ZSTD_isError(left) != 0) return fail(Code::internal, ZSTD_getErrorName(left));
        if (out.pos > 0) TRY(take_(std::string_view{out_}.substr(0, out.pos)));
        if (mode == ZSTD_e_end ? left == 0 : in.pos == in.size) return {};
    }
}

Status Packing::line(std::string_view text) {
    TRY(run(text, ZSTD_e_continue));
    return run("\n", ZSTD_e_continue);
}

Status Packing::finish() { return run({}, ZSTD_e_end); }

Unpacking::Unpacking(const Depot& depot, const Entry& entry, std::function<bool(std::uint64_t)> read)
    : depot_(depot), entry_(entry), read_(std::move(read)), context_(ZSTD_createDCtx()) {
    CHECK(context_ != nullptr, "there is memory for a decompressor");
}

Unpacking::~Unpacking() { ZSTD_freeDCtx(static_cast<ZSTD_DCtx*>(context_)); }

// More text, from the piece at hand or the next one; no more at the end.
Status Unpacking::fill() {
    text_.erase(0, text_at_);
    text_at_ = 0;
    if (packed_at_ == packed_.size()) {
        if (piece_ == entry_.pieces.size()) {
            if (!is_frame_whole_) return fail(Code::corrupt, entry_.path + " ends in the middle");
            return {};
        }
        packed_ = TRY(depot_.get(entry_.pieces[piece_++]));
        packed_at_ = 0;
        if (!read_(packed_.size())) return stopped();
    }
    const std::size_t before = text_.size(), room = ZSTD_DStreamOutSize();
    text_.resize(before + room);
    ZSTD_inBuffer in{packed_.data(), packed_.size(), packed_at_};
    ZSTD_outBuffer out{text_.data() + before, room, 0};
    const std::size_t left = ZSTD_decompressStream(static_cast<ZSTD_DCtx*>(context_), &out, &in);
    text_.resize(before + out.pos);
    if (ZSTD_isError(left) != 0) return fail(Code::corrupt, format("{} is damaged: {}", entry_.path, ZSTD_getErrorName(left)));
    is_frame_whole_ = left == 0;
    packed_at_ = in.pos;
    return {};
}

Result<std::optional<std::string>> Unpacking::next() {
    std::size_t looked = text_at_;
    while (true) {
        const std::size_t end = text_.find('\n', looked);
        if (end != std::string::npos) {
            std::string line = text_.substr(text_at_, end - text_at_);
            text_at_ = end + 1;
            return line;
        }
        if (text_.size() - text_at_ > kMostLine) return fail(Code::too_large, entry_.path + " has a line of more than 256 MiB");
        const bool is_last = packed_at_ == packed_.size() && piece_ == entry_.pieces.size();
        const std::size_t have = text_.size() - text_at_;
        TRY(fill());
        looked = have;
        if (is_last && text_.size() == have) {
            if (have > 0) return fail(Code::corrupt, entry_.path + " ends in the middle of a line");
            return std::nullopt;
        }
    }
}

}  // namespace vg::store::backup
