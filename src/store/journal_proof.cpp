#include "store/journal_proof.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "store/journal_impl.h"
#include "store/signing.h"

namespace vg::store {

namespace {

constexpr std::string_view kStatement = "vonggac evidence 1\n";  // no checkpoint begins like that: one signature is never taken for the other
constexpr std::size_t kMostStatement = 8192;

std::string_view name_of(journal::Kind kind) {
    switch (kind) {
        case journal::Kind::header: return "header";
        case journal::Kind::group: return "group";
        case journal::Kind::checkpoint: return "checkpoint";
        case journal::Kind::close: return "close";
    }
    return "block";
}

bool is_signature(journal::Kind kind) { return kind == journal::Kind::checkpoint || kind == journal::Kind::close; }

tl::unexpected<Error> broken(std::string why) { return fail(Code::corrupt, std::move(why)); }

// What the sender said is text of ours only in quotes.
std::string json_quoted(std::string_view text) {
    std::string out;
    json::quote(out, text);
    return out;
}

std::string statement_of(const Uuid& journal, const RecordProof& proof, Time now) {
    const event::Envelope& envelope = proof.record.record.envelope;
    std::string out{kStatement};
    const auto line = [&](std::string_view name, std::string_view value) { out += format("{} {}\n", name, value); };
    line("journal", to_text(journal));
    line("position", format("{}", proof.record.position.value));
    line("received", to_rfc3339(envelope.received));
    line("source", envelope.source.text());
    line("organisation", envelope.organisation.text());
    line("peer", json_quoted(envelope.peer));
    line("raw-bytes", format("{}", proof.record.record.raw.size()));
    line("raw-sha256", sha256_hex(proof.record.record.raw));
    line("segment", proof.segment);
    line("block-offset", format("{}", proof.chain.front().offset));
    line("block-sha256", proof.chain.front().sha256);
    line("signed-block-offset", proof.is_signed ? format("{}", proof.chain.back().offset) : "none");
    line("signed-block-sha256", proof.is_signed ? proof.chain.back().sha256 : "none");
    line("stated", to_rfc3339(now));
    return out;
}

}  // namespace

namespace journal {

Result<RecordProof> JournalFile::prove(Position position, Time now) const {
    if (position < begin() || position >= end()) return fail(Code::not_found, format("the journal has no record {}", position.value));
    const auto place = locate(position.value);
    if (!place || position.value < place->segment.first) return broken(format("record {} is missing", position.value));
    const auto file = TRY(disk_.open(path_of(place->segment.first), Open::read));
    std::uint64_t offset = place->offset;
    if (place->segment.closed)
        if (const auto closing = read_close(*file, place->segment.bytes, marks(place->segment.first))) offset = closing->index.find(position.value);
    BlockCursor cursor{*file, marks(place->segment.first), offset, place->segment.bytes, false};
    RecordProof proof{.record = {.position = position}, .segment = segment_name(place->segment.first), .public_key = options_.key.public_key};
    Unpacker unpacker;
    Sha256 previous{};
    while (!proof.is_signed) {
        const auto item = TRY(cursor.next());
        if (!item) break;
        if (item->gap) {
            if (proof.chain.empty()) continue;
            return broken(format("behind record {} stand {} bytes that are no block: {}", position.value, item->length, item->reason));
        }
        const Head& head = item->head;
        if (proof.chain.empty()) {
            if (head.kind != Kind::group || head.first + head.count <= position.value) continue;
            if (head.first > position.value) break;
        } else if (head.previous != previous) {
            return broken(format("the block at {} does not follow the one before it: its hash does not fit", item->offset));
        }
        if (is_signature(head.kind) && (named_key(item->bytes) != options_.key.public_key || !signature_fits(item->bytes, options_.key.public_key)))
            return broken(format("the signature at {} does not fit", item->offset));
        if (head.kind == Kind::group) {
            std::vector<event::Record> records = TRY(unpacker.records_of(*item));
            for (const event::Record& record : records) proof.organisations.push_back(record.envelope.organisation);
            if (proof.chain.empty()) proof.record.record = std::move(records[static_cast<std::size_t>(position.value - head.first)]);
        }
        previous = sha256(item->bytes);
        proof.chain.push_back({item->offset, std::string{name_of(head.kind)}, to_hex(as_view(previous)), to_hex(as_view(head.previous))});
        proof.blocks += item->bytes;
        proof.is_signed = is_signature(head.kind);
    }
    if (proof.chain.empty()) return broken(format("record {} cannot be read", position.value));
    std::sort(proof.organisations.begin(), proof.organisations.end());
    proof.organisations.erase(std::unique(proof.organisations.begin(), proof.organisations.end()), proof.organisations.end());
    proof.statement = statement_of(identity_.id, proof, now);
    proof.signature = TRY(sign(options_.key, proof.statement));
    return proof;
}

}  // namespace journal

Result<RecordProof> prove(const Journal& journal, Position position, Time now) {
    // There is one engine with a chain; others (memory, in tests) have none.
    const auto* file = dynamic_cast<const journal::JournalFile*>(&journal);
    if (file == nullptr) return fail(Code::unavailable, "this journal has no chain of hashes");
    return file->prove(position, now);
}

Result<std::vector<std::pair<std::string, std::string>>> check_statement(std::string_view statement, std::string_view signature, std::string_view public_key) {
    if (statement.size() > kMostStatement || !statement.starts_with(kStatement) || !statement.ends_with('\n')) return broken("this is no statement of a journal");
    if (!is_signed(public_key, statement, signature)) return broken("the signature of the statement does not fit");
    std::vector<std::pair<std::string, std::string>> facts;
    statement.remove_prefix(kStatement.size());
    for (std::string_view line : split(statement.substr(0, statement.size() - 1), '\n')) {
        const std::size_t blank = line.find(' ');
        if (blank == std::string_view::npos) return broken("this is no statement of a journal");
        facts.emplace_back(line.substr(0, blank), line.substr(blank + 1));
    }
    return facts;
}

Result<std::string> check_blocks(std::string_view blocks, Position position, std::string_view raw, std::string_view public_key) {
    std::string first_hash;
    Sha256 previous{};
    while (!blocks.empty()) {
        const auto head = blocks.size() < journal::kHeadBytes ? std::nullopt : journal::read_head(blocks);
        if (!head || journal::block_bytes(head->stored) > blocks.size()) return broken("a block is cut off or no block");
        const std::string_view bytes = blocks.substr(0, journal::block_bytes(head->stored));
        blocks.remove_prefix(bytes.size());
        if (first_hash.empty()) {
            if (head->kind != journal::Kind::group || position.value < head->first || position.value - head->first >= head->count) return broken("the first block does not hold the record");
            journal::Unpacker unpacker;
            const auto records = TRY(unpacker.records_of({.length = bytes.size(), .head = *head, .bytes = bytes}));
            if (records[static_cast<std::size_t>(position.value - head->first)].raw != raw) return broken("the record in the block has other bytes");
        } else if (head->previous != previous) {
            return broken("a block does not follow the one before it: its hash does not fit");
        }
        previous = sha256(bytes);
        if (first_hash.empty()) first_hash = to_hex(as_view(previous));
        if (!is_signature(head->kind)) continue;
        if (!blocks.empty()) return broken("blocks stand behind the signature");
        if (head->stored < 96 || journal::named_key(bytes) != public_key || !journal::signature_fits(bytes, public_key)) return broken("the signature of the last block does not fit");
        return first_hash;
    }
    return broken("the blocks end without a signature");
}

}  // namespace vg::store
