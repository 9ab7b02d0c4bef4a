#include <algorithm>
#include <charconv>
#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

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

constexpr std::size_t kLongText = 512;

// What a block has had already, by its seeded 64-bit hash: most values and lines of a log stand in it many times. It
// forgets; what it forgot is done again.
class Seen {
public:
    void clear() { std::fill(slots_.begin(), slots_.end(), 0); }
    void call_for(std::uint64_t hash) const { __builtin_prefetch(&slots_[hash >> (64 - kLog)], 1); }
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
    Lines words, grams;
    std::array<Values, kIndicators> values;
    std::vector<BlockFacts> facts;
    BlockFacts now;
    Seen seen;
    search::Scratch scratch;
    std::vector<Found> found;
    std::vector<std::uint64_t> hashes;
    // A field of the event in hand, before it is looked up. The slots of all are called for first: they are seldom near.
    struct Pending {
        std::string_view name, text;
        const event::Field* typed = nullptr;
        std::uint64_t content = 0, pair = 0;  // hashes of the text, and of it with the name
        bool again = false;                   // the same bytes stand in the event under another name
    };
    std::vector<Pending> pending;
    struct Known {
        const char* text = nullptr;
        std::size_t size = 0;
        std::uint64_t hash = 0, event = 0;
    };
    std::array<Known, 64> known;
    std::uint64_t event = 0;
    std::array<std::uint64_t, std::size_t{1} << 7> ecs_names{};  // hashes of names, 0: not yet asked
    std::vector<std::pair<std::uint64_t, std::string_view>> lines;

    [[nodiscard]] std::uint64_t hash(std::string_view text, std::uint64_t salt) const { return XXH3_64bits_withSeed(text.data(), text.size(), options.seed + salt); }
    std::uint64_t name_of(std::string_view name, event::Ecs ecs);
    void begin(std::string_view field_name, std::string_view text, const event::Field* typed);
    void field(const Pending& one);
    void fields_begun();
    void text_of(std::string_view text);
    void line(std::string_view text);
    void part(std::string_view raw);
    void value(std::string_view field_name, std::string_view text);
    void take(const Found& one) { values[static_cast<std::size_t>(one.kind)].add(one.key, static_cast<std::uint32_t>(facts.size())); }
};

std::uint64_t FilterBuilder::State::name_of(std::string_view name, event::Ecs ecs) {
    const auto at = static_cast<std::size_t>(ecs);
    if (at == 0 || at >= ecs_names.size()) return hash(name, 1);
    if (ecs_names[at] == 0) ecs_names[at] = hash(name, 1);
    return ecs_names[at];
}

void FilterBuilder::State::begin(std::string_view field_name, std::string_view text, const event::Field* typed) {
    Pending& one = pending.emplace_back();
    one.name = field_name;
    one.text = text;
    one.typed = typed;
    Known& same = known[(reinterpret_cast<std::uintptr_t>(text.data()) * 0x9e3779b97f4a7c15ULL >> 32) % known.size()];
    one.again = same.event == event && same.text == text.data() && same.size == text.size();
    // Of long texts only the lines come again.
    if (!one.again) same = {text.data(), text.size(), text.size() > kLongText ? 0 : hash(text, 0), event};
    if (text.size() > kLongText) return;
    one.content = same.hash;
    one.pair = same.hash ^ name_of(field_name, typed == nullptr ? event::Ecs::none : typed->ecs);
    seen.call_for(one.pair);
}

void FilterBuilder::State::fields_begun() {
    for (const Pending& one : pending) field(one);
    pending.clear();
}

// A field: its value whole with its name, then its lines, then the parts of those between blanks.
void FilterBuilder::State::field(const Pending& one) {
    const bool is_long = one.text.size() > kLongText;
    if (!is_long && !seen.first_time(one.pair)) return;
    value(one.name, one.text);
    if (one.typed != nullptr && one.typed->type == event::Type::integer) {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, one.typed->integer).ptr;
        const std::string_view decimal{digits, static_cast<std::size_t>(end - digits)};
        if (decimal != one.text) {  // "0x1a4" is asked for as 420
            value(one.name, decimal);
            line(decimal);
        }
    }
    const bool is_address = one.typed != nullptr && one.typed->type == event::Type::address;
    if (is_address || may_be_address(one.text)) {
        const auto address = parse_address(one.text);
        if (address) take(address_key(*address));
        // Of an address field nothing may be missed: a network is looked up by what the field means.
        if (is_address && !address) values[0].give_up(), values[1].give_up();
    }
    if (!one.again && (is_long || seen.first_time(one.content ^ 0x5851f42d4c957f2dULL))) text_of(one.text);
}

void FilterBuilder::State::value(std::string_view field_name, std::string_view text) {
    const std::optional<std::string_view> whole = fold_value(text, scratch);
    if (!whole) return;
    const std::uint64_t one = value_hash(name_hash(field_name, options.seed), *whole);
    words.add<kWordBits>({&one, 1});
}

void FilterBuilder::State::text_of(std::string_view text) {
    if (text.size() <= 64) return line(text);
    while (!text.empty()) {
        lines.clear();
        while (!text.empty() && lines.size() < 64) {
            const void* stop = std::memchr(text.data(), '\n', text.size());
            const std::size_t length = stop == nullptr ? text.size() : static_cast<std::size_t>(static_cast<const char*>(stop) - text.data());
            lines.emplace_back(hash(text.substr(0, length), 2), text.substr(0, length));
            seen.call_for(lines.back().first);
            text.remove_prefix(std::min(text.size(), length + 1));
        }
        for (const auto& [hash_of_it, one] : lines)
            if (seen.first_time(hash_of_it)) line(one);
    }
}

void FilterBuilder::State::line(std::string_view text) {
    each_part(text, [&](std::string_view one) {
        if (seen.first_time(hash(one, 3))) part(one);
    });
}

void FilterBuilder::State::part(std::string_view raw) {
    const std::string_view folded = scratch.fold(raw);
    hashes.clear();
    each_word(folded, [&](std::string_view one, bool, bool) { hashes.push_back(word_hash(one, options.seed)); });
    words.add<kWordBits>(hashes);
    hashes.clear();
    each_gram(folded, [&](std::uint32_t gram) {
        hashes.push_back(gram_hash(gram, options.seed));
        return true;
    });
    grams.add<kGramBits>(hashes);
    found.clear();
    find_indicators(folded, options.seed, found);
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
    ++state_->event;
    for (const event::Field& field : event.fields)
        if (field.type != event::Type::null) state_->begin(field.name, field.text, &field);
    state_->fields_begun();
}

void FilterBuilder::add_field(std::string_view name, std::string_view text) {
    ++state_->event;  // its text stands where the caller's last one may have stood
    state_->begin(name, text, nullptr);
    state_->fields_begun();
}

void FilterBuilder::end_block() {
    if (state_->facts.size() + 1 < kMostBlocks) close_block();  // the last one takes all that is left
}

void FilterBuilder::close_block() {
    if (state_->now.rows == 0) return;
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
    close_block();
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
