#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "store/archive/filter_format.h"

namespace vg::store::archive::filter {

namespace {

std::uint64_t pages(std::uint64_t bytes) { return (bytes + kPage - 1) / kPage; }
constexpr std::uint64_t kMostFile = std::uint64_t{1} << 34;

void put_section(std::string& out, const LineSection& section) {
    put<std::uint64_t>(out, section.offset);
    put<std::uint32_t>(out, section.log);
}

void put_time(std::string& out, Time time) { put<std::uint64_t>(out, static_cast<std::uint64_t>(time.micros)); }
Time pick_time(std::string_view bytes, std::size_t at) { return {static_cast<std::int64_t>(pick<std::uint64_t>(bytes, at))}; }

tl::unexpected<Error> not_ours(std::string_view why) { return fail(Code::corrupt, "the filter is damaged: " + std::string{why}); }

}  // namespace

std::uint32_t page_sum(std::string_view page, std::size_t number) { return static_cast<std::uint32_t>(hash64(page, number + 1)); }

std::string write_head(Head head, std::span<const BlockFacts> facts, std::string_view body) {
    const std::size_t length = kHeadBytes + facts.size() * kFactsBytes + 4 * pages(body.size()) + 8;
    head.body = pages(length) * kPage;
    head.file_bytes = head.body + body.size();
    std::string out{kMagic};
    put<std::uint32_t>(out, kVersion);
    put<std::uint32_t>(out, head.blocks);
    put<std::uint64_t>(out, head.seed);
    put<std::uint64_t>(out, head.file_bytes);
    put<std::uint64_t>(out, head.body);
    put_section(out, head.words);
    put_section(out, head.grams);
    for (const ValueSection& section : head.values) {
        for (const std::uint64_t offset : {section.table, section.keys, section.postings, section.end}) put<std::uint64_t>(out, offset);
        put<std::uint64_t>(out, section.distinct | (section.complete ? 0 : std::uint64_t{1} << 63));
    }
    out.resize(kHeadBytes);
    for (const BlockFacts& block : facts) {
        put<std::uint32_t>(out, block.rows);
        put<std::uint64_t>(out, block.first.value);
        put<std::uint64_t>(out, block.last.value);
        for (const Time time : {block.occurred_first, block.occurred_last, block.received_first, block.received_last}) put_time(out, time);
    }
    for (std::size_t page = 0; page * kPage < body.size(); ++page) put<std::uint32_t>(out, page_sum(body.substr(page * kPage, kPage), page));
    put<std::uint64_t>(out, hash64(out));
    out.resize(head.body);
    return out;
}

Result<std::size_t> head_length(std::string_view first) {
    if (first.size() < kHeadBytes || !first.starts_with(kMagic)) return not_ours("it does not begin as one");
    if (const auto version = pick<std::uint32_t>(first, 8); version != kVersion) return fail(Code::corrupt, format("the filter has version {}; this program knows version {}", version, kVersion));
    const auto blocks = pick<std::uint32_t>(first, 12);
    const auto file_bytes = pick<std::uint64_t>(first, 24), body = pick<std::uint64_t>(first, 32);
    if (blocks > kMostBlocks || body > kMostHead || body > file_bytes || file_bytes > kMostFile) return not_ours("sizes of its head");
    const std::uint64_t length = kHeadBytes + blocks * kFactsBytes + 4 * pages(file_bytes - body) + 8;
    if (pages(length) * kPage != body) return not_ours("length of its head");
    return static_cast<std::size_t>(length);
}

Result<ParsedHead> parse_head(std::string_view bytes) {
    const std::size_t length = TRY(head_length(bytes));
    if (bytes.size() < length || pick<std::uint64_t>(bytes, length - 8) != hash64(bytes.substr(0, length - 8))) return not_ours("checksum of its head");
    ParsedHead parsed;
    Head& head = parsed.head;
    head.blocks = pick<std::uint32_t>(bytes, 12);
    head.seed = pick<std::uint64_t>(bytes, 16);
    head.file_bytes = pick<std::uint64_t>(bytes, 24);
    head.body = pick<std::uint64_t>(bytes, 32);
    const std::uint64_t body_bytes = head.file_bytes - head.body;
    std::size_t at = 40;
    for (LineSection* section : {&head.words, &head.grams}) {
        section->offset = pick<std::uint64_t>(bytes, at);
        section->log = pick<std::uint32_t>(bytes, at + 8);
        at += 12;
        if (section->log > kMostLinesLog || section->offset > body_bytes || (line_bytes(head.blocks) << section->log) > body_bytes - section->offset) return not_ours("place of its lines");
    }
    for (ValueSection& section : head.values) {
        std::uint64_t before = 0;
        for (std::uint64_t* offset : {&section.table, &section.keys, &section.postings, &section.end}) {
            *offset = pick<std::uint64_t>(bytes, at);
            at += 8;
            if (*offset < before || *offset > body_bytes) return not_ours("place of its values");
            before = *offset;
        }
        const auto distinct = pick<std::uint64_t>(bytes, at);
        at += 8;
        section.distinct = distinct & ~(std::uint64_t{1} << 63);
        section.complete = distinct == section.distinct;
        if (section.distinct > kMostFile || section.keys - section.table != (section.distinct + kKeysInPage - 1) / kKeysInPage * kKeyEntryBytes) return not_ours("number of its values");
    }
    at = kHeadBytes;
    for (std::uint32_t block = 0; block < head.blocks; ++block, at += kFactsBytes) {
        parsed.facts.push_back({.rows = pick<std::uint32_t>(bytes, at),
                                .first = {pick<std::uint64_t>(bytes, at + 4)},
                                .last = {pick<std::uint64_t>(bytes, at + 12)},
                                .occurred_first = pick_time(bytes, at + 20),
                                .occurred_last = pick_time(bytes, at + 28),
                                .received_first = pick_time(bytes, at + 36),
                                .received_last = pick_time(bytes, at + 44)});
    }
    for (; at < length - 8; at += 4) parsed.sums.push_back(pick<std::uint32_t>(bytes, at));
    return parsed;
}

}  // namespace vg::store::archive::filter
