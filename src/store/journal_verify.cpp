// Proves a journal: checksums, the chain of hashes within and between segments, signatures, positions, retention.
#include <algorithm>

#include "base/text.h"
#include "store/journal_impl.h"

namespace vg::store::journal {

namespace {

class Verifier {
public:
    Verifier(Disk& disk, const std::string& folder, const Identity& identity, std::string_view public_key)
        : disk_(disk), folder_(folder), identity_(identity), public_key_(public_key) {}

    VerifyReport report;

    void check_begin(const std::vector<ToVerify>& segments) {
        const auto retention = load_retention(disk_, folder_, identity_.id, public_key_);
        if (!retention) {
            report.chain_errors.push_back(retention.error().text);
        } else if (!segments.empty() && segments.front().first > retention->begin) {
            report.chain_errors.push_back(format("records {} to {} are missing at the beginning, and retention did not delete them", retention->begin, segments.front().first));
        }
        if (!segments.empty()) position_ = segments.front().first;
    }

    // False when stopped by `go_on`.
    bool check_segment(const ToVerify& segment, bool is_last, const std::function<bool(std::uint64_t)>& go_on) {
        name_ = segment_name(segment.first);
        if (segment.first != position_) error(format("the segments before it end at record {}: a segment is missing, or out of its place", position_));
        position_ = segment.first;
        ++report.segments;
        auto file = disk_.open(folder_ + "/" + name_, Open::read);
        if (!file) {
            damage(0, position_, file.error().text);
            has_previous_ = false;
            return true;
        }
        BlockCursor cursor{**file, marks_of(identity_.salt, segment.first), 0, segment.bytes, true};
        signed_to_ = 0;
        bool closed = false;
        bool has_header = false;
        std::optional<BlockCursor::Item> gap;
        while (true) {
            auto item = cursor.next();
            if (!item) {
                damage(cursor.offset(), position_, item.error().text);
                break;
            }
            if (!*item) break;
            const BlockCursor::Item& block = **item;
            report.bytes += block.length;
            if (!go_on(report.bytes)) return false;
            if (block.gap) {
                gap = block;
                has_previous_ = false;  // the hash of what stood here is known only by the block after it
                continue;
            }
            if (closed) error(format("the block at {} stands after the closing checkpoint", block.offset));
            if (gap || block.head.first > position_) {
                const std::uint64_t to = std::max(position_, block.head.first);
                damage(gap ? gap->offset : block.offset, to, gap ? gap->reason : "a block is missing");
                gap.reset();
                position_ = to;
            } else if (block.head.first < position_) {
                error(format("the block at {} begins at record {} a second time", block.offset, block.head.first));
            }
            has_header = has_header || block.head.kind == Kind::header;
            check_block(block, segment);
            closed = closed || block.head.kind == Kind::close;
        }
        if (gap) damage(gap->offset, position_, gap->reason);
        if (!has_header) error("the header is missing");
        if (!closed && !is_last) error("the closing checkpoint is missing");
        if (!closed && segment.bytes - std::min(segment.bytes, signed_to_) >= kSignEvery)
            error(format("the last {} bytes are not signed", segment.bytes - signed_to_));
        return true;
    }

    void finish() {
        if (has_previous_) report.head = to_hex(as_view(previous_));
        report.end = {position_};
        report.unsigned_records = position_ - std::min(position_, signed_position_);
    }

private:
    void check_block(const BlockCursor::Item& block, const ToVerify& segment) {
        const Head& head = block.head;
        if (has_previous_ && head.previous != previous_)
            error(format("the block at {} does not follow the one before it: its hash does not fit", block.offset));
        if (!has_previous_ && is_first_ && segment.first == 0 && head.kind == Kind::header && head.previous != Sha256{})
            error("the first segment names one before it");
        is_first_ = false;
        previous_ = sha256(block.bytes);
        has_previous_ = true;
        switch (head.kind) {
            case Kind::header: {
                const auto facts = parse_header(block.bytes);
                if (!facts || facts->journal != identity_.id || facts->salt != identity_.salt || head.first != segment.first)
                    error("the header belongs to another journal or segment");
                break;
            }
            case Kind::group:
                position_ += head.count;
                report.records += head.count;
                break;
            case Kind::checkpoint:
            case Kind::close:
                if (named_key(block.bytes) != public_key_)
                    error(format("the checkpoint at {} is signed by another key, {}", block.offset, to_hex(named_key(block.bytes))));
                else if (!signature_fits(block.bytes, public_key_))
                    error(format("the signature at {} does not fit", block.offset));
                signed_to_ = block.offset + block.length;
                signed_position_ = head.first;
                break;
        }
    }

    void error(const std::string& text) { report.chain_errors.push_back(name_ + ": " + text); }
    void damage(std::uint64_t offset, std::uint64_t to, const std::string& reason) {
        report.damage.push_back({name_, offset, {position_}, {to}, reason});
    }

    Disk& disk_;
    const std::string& folder_;
    const Identity& identity_;
    const std::string_view public_key_;
    std::string name_;
    std::uint64_t position_ = 0;
    Sha256 previous_{};
    bool has_previous_ = false;
    bool is_first_ = true;
    std::uint64_t signed_to_ = 0, signed_position_ = 0;
};

}  // namespace

Result<VerifyReport> verify_segments(Disk& disk, const std::string& folder, const Identity& identity, std::string_view public_key,
                                     const std::vector<ToVerify>& segments, const std::function<bool(std::uint64_t, std::uint64_t)>& progress) {
    if (public_key.size() != 32) return fail(Code::bad_input, "the public key must have 32 bytes");
    std::uint64_t total = 0;
    for (const ToVerify& segment : segments) total += segment.bytes;
    Verifier verifier{disk, folder, identity, public_key};
    verifier.check_begin(segments);
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const bool went_on = verifier.check_segment(segments[i], i + 1 == segments.size(),
                                                    [&](std::uint64_t done) { return !progress || progress(done, total); });
        if (!went_on) return fail(Code::busy, "the check was stopped before its end");
    }
    verifier.finish();
    return std::move(verifier.report);
}

}  // namespace vg::store::journal
