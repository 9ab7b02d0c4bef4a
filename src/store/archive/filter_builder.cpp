#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "base/bytes.h"
#include "base/check.h"
#include "search/fold.h"
#include "store/archive/filter.h"
#include "store/archive/filter_format.h"
#include "store/archive/filter_indicators.h"
#include "store/archive/filter_lines.h"
#include "store/archive/filter_text.h"
#include "store/archive/filter_values.h"

namespace vg::store::archive {

namespace {

using namespace filter;

bool may_be_address(std::string_view text) {
    if (text.size() < 2 || text.size() > 45) return false;
    const char c = text[0];
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':';
}

// What a block has had already, by its seeded 64-bit hash: most values and lines of a log stand in it many times. It
// forgets; what it forgot is done again.
class Seen {
public:
    void clear() { std::fill(slots_.begin(), slots_.end(), 0); }
    bool first_time(std::uint64_t hash) {
        hash |= 1;  // 0 is an empty slot
        std::uint64_t& slot = slots_[hash >> (64 - kLog)];
        if (slot == hash) return false;
        slot = hash;
        return true;
    }
    [[nodiscard]] std::size_t memory_bytes() const { return slots_.size() * sizeof(std::uint64_t); }

private:
    static constexpr int kLog = 16;
    std::vector<std::uint64_t> slots_ = std::vector<std::uint64_t>(std::size_t{1} << kLog);
};

}  // namespace

struct FilterBuilder::State {
    explicit State(FilterOptions made_with) : options(made_with) {
        for (Values& of_kind : values) of_kind.set_most(options.most_values);
    }
    FilterOptions options;
    Lines words{kWordBits}, grams{kGramBits};
    std::array<Values, kIndicators> values;
    std::vector<BlockFacts> facts;
    BlockFacts now;
    Seen seen;
    search::Scratch scratch;
    std::vector<Found> found;

    [[nodiscard]] std::uint64_t hash(std::string_view text, std::uint64_t salt) const { return XXH3_64bits_withSeed(text.data(), text.size(), options.seed + salt); }
    void field(std::string_view field_name, std::string_view text, const event::Field* typed);
    void text_of(std::string_view text);
    void word(std::string_view raw);
    void value(std::string_view field_name, std::string_view text);
    void take(const Found& one) { values[static_cast<std::size_t>(one.kind)].add(one.key, static_cast<std::uint32_t>(facts.size())); }
};

// A field: its value whole with its name, then its lines, then the parts of those between blanks.
void FilterBuilder::State::field(std::string_view field_name, std::string_view text, const event::Field* typed) {
    const std::uint64_t content = hash(text, 0);
    if (!seen.first_time(content ^ hash(field_name, 1))) return;
    value(field_name, text);
    if (typed != nullptr && typed->type == event::Type::integer) {
        const std::string decimal = std::to_string(typed->integer);
        if (decimal != text) {  // "0x1a4" is asked for as 420
            value(field_name, decimal);
            text_of(decimal);
        }
    }
    const bool is_address = typed != nullptr && typed->type == event::Type::address;
    if (is_address || may_be_address(text)) {
        const auto address = parse_address(text);
        if (address) take(address_key(*address));
        // Of an address field nothing may be missed: a network is looked up by what the field means.
        if (is_address && !address) values[0].give_up(), values[1].give_up();
    }
    if (seen.first_time(content ^ 0x5851f42d4c957f2dULL)) text_of(text);
}

void FilterBuilder::State::value(std::string_view field_name, std::string_view text) {
    const std::optional<std::string_view> whole = fold_value(text, scratch);
    if (whole) words.add(value_hash(field_name, *whole, options.seed));
}

void FilterBuilder::State::text_of(std::string_view text) {
    if (text.size() <= 64) {
        each_part(text, [&](std::string_view part) { word(part); });
        return;
    }
    while (!text.empty()) {
        const void* stop = std::memchr(text.data(), '\n', text.size());
        const std::size_t length = stop == nullptr ? text.size() : static_cast<std::size_t>(static_cast<const char*>(stop) - text.data());
        const std::string_view line = text.substr(0, length);
        if (seen.first_time(hash(line, 2))) each_part(line, [&](std::string_view part) { word(part); });
        text.remove_prefix(std::min(text.size(), length + 1));
    }
}

void FilterBuilder::State::word(std::string_view raw) {
    if (!seen.first_time(hash(raw, 3))) return;
    const std::string_view part = scratch.fold(raw);
    each_word(part, [&](std::string_view one, bool, bool) { words.add(word_hash(one, options.seed)); });
    each_gram(part, [&](std::uint32_t gram) { grams.add(gram_hash(gram, options.seed)); return true; });
    found.clear();
    find_indicators(part, options.seed, found);
    for (const Found& one : found) take(one);
}

FilterBuilder::FilterBuilder(FilterOptions options) : state_(std::make_unique<State>(options)) {}
FilterBuilder::~FilterBuilder() = default;

void FilterBuilder::add(event::Position position, const event::Event& event) {
    BlockFacts& now = state_->now;
    if (now.rows == 0) {
        now = {.rows = 0, .first = position, .last = position, .occurred_first = event.occurred, .occurred_last = event.occurred, .received_first = event.received, .received_last = event.received};
    }
    ++now.rows;
    now.first = std::min(now.first, position);
    now.last = std::max(now.last, position);
    now.occurred_first = std::min(now.occurred_first, event.occurred);
    now.occurred_last = std::max(now.occurred_last, event.occurred);
    now.received_first = std::min(now.received_first, event.received);
    now.received_last = std::max(now.received_last, event.received);
    for (const event::Field& field : event.fields)
        if (field.type != event::Type::null) state_->field(field.name, field.text, &field);
}

void FilterBuilder::add_field(std::string_view name, std::string_view text) { state_->field(name, text, nullptr); }

void FilterBuilder::end_block() {
    if (state_->now.rows == 0) return;
    CHECK(state_->facts.size() < kMostBlocks, "a segment has at most kMostBlocks row groups");
    state_->words.end_block();
    state_->grams.end_block();
    state_->facts.push_back(state_->now);
    state_->now = {};
    state_->seen.clear();
}

std::size_t FilterBuilder::blocks() const { return state_->facts.size() + (state_->now.rows == 0 ? 0 : 1); }

std::size_t FilterBuilder::memory_bytes() const {
    std::size_t bytes = state_->words.memory_bytes() + state_->grams.memory_bytes() + state_->seen.memory_bytes();
    for (const Values& values : state_->values) bytes += values.memory_bytes();
    return bytes;
}

std::string FilterBuilder::finish() {
    end_block();
    State& state = *state_;
    Head head;
    head.blocks = static_cast<std::uint32_t>(state.facts.size());
    head.seed = state.options.seed;
    std::string body;
    if (head.blocks != 0) {
        head.words = {body.size(), state.words.write(body)};
        head.grams = {body.size(), state.grams.write(body)};
    }
    for (std::size_t kind = 0; kind < kIndicators; ++kind) head.values[kind] = state.values[kind].write(head.blocks, body);
    std::string file = write_head(head, state.facts, body);
    file += body;
    state.now = {};
    state.facts.clear();
    return file;
}

}  // namespace vg::store::archive
