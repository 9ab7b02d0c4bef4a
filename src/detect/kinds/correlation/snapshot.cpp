// The state of a correlator as bytes: "VGC1", seed, sources, rules by identity with their counts, then lane by lane the
// groups from the oldest to the newest; at the end xxh3 of all that. Numbers are little-endian. Reading is hostile: every
// length is checked against what is there.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/bytes.h"
#include "base/text.h"
#include "detect/kinds/correlation/state.h"

namespace vg::detect::correlation {

namespace {

constexpr std::string_view kMagic = "VGC1";
constexpr std::int64_t kFarthest = std::int64_t{1} << 61;

class Writer {
public:
    template <class T>
    void number(T value) {
        if constexpr (std::is_same_v<T, double>)
            put(out, std::bit_cast<std::uint64_t>(value));
        else
            put(out, value);
    }
    void bytes(const void* data, std::size_t size) { out.append(static_cast<const char*>(data), size); }
    void entry(const Entry& one) {
        char raw[24];
        std::memcpy(raw, &one.time, 8);
        std::memcpy(raw + 8, &one.position, 8);
        std::memcpy(raw + 16, &one.payload, 8);
        out.append(raw, sizeof raw);
    }
    std::string out;
};

class Cursor {
public:
    explicit Cursor(std::string_view bytes) : rest_(bytes) {}
    template <class T>
    T number() {
        if constexpr (std::is_same_v<T, double>) {
            return std::bit_cast<double>(number<std::uint64_t>());
        } else {
            if (rest_.size() < sizeof(T)) {
                short_ = true;
                rest_ = {};
                return T{};
            }
            const T value = pick<T>(rest_, 0);
            rest_.remove_prefix(sizeof(T));
            return value;
        }
    }
    std::string_view bytes(std::size_t size) {
        if (rest_.size() < size) {
            short_ = true;
            rest_ = {};
            return {};
        }
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    template <std::size_t size>
    std::array<std::uint8_t, size> array() {
        std::array<std::uint8_t, size> made{};
        const std::string_view taken = bytes(size);
        std::copy(taken.begin(), taken.end(), made.begin());
        return made;
    }
    Entry entry() {
        Entry one;
        one.time = number<std::int64_t>();
        one.position = number<std::uint64_t>();
        one.payload = number<std::uint64_t>();
        return one;
    }
    [[nodiscard]] bool is_short() const { return short_; }
    [[nodiscard]] std::size_t left() const { return rest_.size(); }

private:
    std::string_view rest_;
    bool short_ = false;
};

tl::unexpected<Error> damaged(std::string_view what) { return fail(Code::corrupt, format("the saved state of the correlations is damaged: {}", what)); }

// Numbers are compared and sorted: only those that an event can have.
bool is_payload(const Rule& rule, const Entry& entry) {
    const bool is_number = rule.type == Type::value_sum || rule.type == Type::value_avg || (rule.type == Type::value_percentile && rule.percentile >= 0);
    return !is_number || std::isfinite(std::bit_cast<double>(entry.payload));
}

bool is_time(std::int64_t micros) { return micros > -kFarthest && micros < kFarthest; }

Status read_window(Cursor& in, const Rule& rule, Window& window) {
    const auto sum = in.number<double>();
    const auto left = in.number<std::uint32_t>();
    window.held_until = in.number<std::int64_t>();
    window.told = in.number<std::uint64_t>();
    window.limit = std::clamp<std::uint32_t>(in.number<std::uint32_t>(), Window::kFirstLimit, kMostEntries);
    window.cut = in.number<std::uint8_t>() != 0;
    const auto count = in.number<std::uint32_t>();
    if (in.is_short() || count == 0 || in.left() / 24 < count || (window.held_until != Window::kNever && !is_time(window.held_until))) return damaged("a window");
    window.entries.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const Entry entry = in.entry();
        if (!is_time(entry.time) || !is_payload(rule, entry)) return damaged("an entry");
        if (!window.entries.empty() && (entry.time < window.entries.back().time || (entry.time == window.entries.back().time && entry.position < window.entries.back().position)))
            return damaged("the order of a window");
        window.entries.push_back(entry);
    }
    window.rebuild(rule);
    window.now.sum = sum;
    window.now.left = left;
    return {};
}

Status read_group(Cursor& in, const Plan& plan, State& state, std::uint32_t lane) {
    const Rule& rule = plan.rules[state.store.lanes()[lane].rule];
    Hash128 hash;
    hash.low = in.number<std::uint64_t>();
    hash.high = in.number<std::uint64_t>();
    const auto source = in.number<std::uint32_t>();
    const std::string_view text = in.bytes(in.number<std::uint16_t>());
    if (in.is_short() || source >= state.sources.size()) return damaged("a group");
    std::size_t size = 0;
    for (std::size_t part = 0; part < rule.group_by.size(); ++part) {
        if (size >= text.size()) return damaged("a key");
        size += std::size_t{1} + static_cast<std::uint8_t>(text[size]);
    }
    if (size != text.size()) return damaged("a key");
    const std::uint32_t number = state.store.lanes()[lane].rule;
    if (state.store.find(number, hash) != kNone) return damaged("a group stands twice");
    const std::uint32_t index = state.store.add(number, state.store.lanes()[lane].organisation, hash, text);
    Group& group = state.store.group(index);
    group.source = source;
    if (in.number<std::uint8_t>() == 0) {
        group.first = in.entry();
        return in.is_short() || !is_time(group.first.time) || !is_payload(rule, group.first) ? damaged("an entry") : Status{};
    }
    Window& window = state.store.give_window(index);
    const std::size_t before = window.bytes();
    if (auto read = read_window(in, rule, window); !read) {
        if (window.entries.empty()) window.entries.push_back({});
        return read;
    }
    state.store.account(index, before);
    return {};
}

void write_group(Writer& out, const Store& store, const Rule& rule, const Group& group) {
    const std::size_t size = key_size(store.text(group), rule.group_by.size());
    out.number(group.hash.low);
    out.number(group.hash.high);
    out.number(group.source);
    out.number(static_cast<std::uint16_t>(size));
    out.bytes(store.text(group), size);
    const Window* window = store.window_of(group);
    out.number(static_cast<std::uint8_t>(window == nullptr ? 0 : 1));
    if (window == nullptr) {
        out.entry(group.first);
        return;
    }
    out.number(window->now.sum);
    out.number(window->now.left);
    out.number(window->held_until);
    out.number(window->told);
    out.number(window->limit);
    out.number(static_cast<std::uint8_t>(window->cut ? 1 : 0));
    out.number(static_cast<std::uint32_t>(window->entries.size()));
    for (const Entry& entry : window->entries) out.entry(entry);
}

}  // namespace

std::string to_bytes(const Plan& plan, const State& state, const Seed& seed) {
    Writer out;
    out.out.reserve(state.store.size() * 80 + 4096);
    out.bytes(kMagic.data(), kMagic.size());
    out.bytes(seed.data(), seed.size());
    out.number(state.records);
    out.number(state.forgotten);
    out.number(static_cast<std::uint32_t>(state.sources.size()));
    for (const Source& source : state.sources) {
        out.bytes(source.id.bytes.data(), source.id.bytes.size());
        out.number(source.watermark);
    }
    out.number(static_cast<std::uint32_t>(plan.rules.size()));
    for (std::size_t i = 0; i < plan.rules.size(); ++i) {
        out.bytes(plan.rules[i].identity.data(), 64);
        const Counts& counts = state.counts[i];
        for (const std::uint64_t count : {counts.seen, counts.held, counts.late, counts.keyless, counts.valueless, counts.evicted, counts.cut}) out.number(count);
    }
    const Store& store = state.store;
    out.number(static_cast<std::uint32_t>(store.lanes().size()));
    for (const Lane& lane : store.lanes()) {
        out.number(lane.rule);
        out.bytes(lane.organisation.bytes.data(), lane.organisation.bytes.size());
        out.number(lane.evicted);
        out.number(lane.groups);
        for (std::uint32_t at = lane.oldest; at != kNone; at = store.group(at).newer) write_group(out, store, plan.rules[lane.rule], store.group(at));
    }
    out.number(hash64(out.out));
    return std::move(out.out);
}

Result<Restored> from_bytes(const Plan& plan, std::string_view bytes) {
    if (bytes.size() < kMagic.size() + 8 || bytes.substr(0, kMagic.size()) != kMagic) return damaged("it does not begin as one");
    const std::string_view body = bytes.substr(0, bytes.size() - 8);
    if (hash64(body) != pick<std::uint64_t>(bytes, body.size())) return damaged("its checksum does not fit");
    Cursor in{body.substr(kMagic.size())};
    Restored restored;
    restored.seed = in.array<16>();
    restored.state = std::make_unique<State>(plan.rules.size());
    State& state = *restored.state;
    state.records = in.number<std::uint64_t>();
    state.forgotten = in.number<std::uint64_t>();
    const auto sources = in.number<std::uint32_t>();
    if (in.left() / 24 < sources) return damaged("the sources");
    for (std::uint32_t i = 0; i < sources; ++i) {
        const SourceId id{in.array<16>()};
        if (state.source_of(id) != i) return damaged("a source stands twice");
        state.sources[i].watermark = in.number<std::int64_t>();
        if (state.sources[i].watermark != Window::kNever && !is_time(state.sources[i].watermark)) return damaged("a watermark");
    }
    const auto rules = in.number<std::uint32_t>();
    if (rules != plan.rules.size()) return fail(Code::conflict, "the saved state is of other correlations than those that are loaded");
    for (std::uint32_t i = 0; i < rules; ++i) {
        if (in.bytes(64) != plan.rules[i].identity) return fail(Code::conflict, "the saved state is of other correlations than those that are loaded");
        Counts& counts = state.counts[i];
        for (std::uint64_t* count : {&counts.seen, &counts.held, &counts.late, &counts.keyless, &counts.valueless, &counts.evicted, &counts.cut}) *count = in.number<std::uint64_t>();
    }
    const auto lanes = in.number<std::uint32_t>();
    for (std::uint32_t i = 0; i < lanes; ++i) {
        const auto rule = in.number<std::uint32_t>();
        const OrganisationId organisation{in.array<16>()};
        const auto evicted = in.number<std::uint64_t>();
        const auto groups = in.number<std::uint64_t>();
        if (in.is_short() || rule >= plan.rules.size()) return damaged("a lane");
        const std::uint32_t lane = state.store.lane_of(rule, organisation);
        if (lane != i) return damaged("a lane stands twice");
        state.store.set_evicted(lane, evicted);
        for (std::uint64_t group = 0; group < groups; ++group) TRY(read_group(in, plan, state, lane));
    }
    if (in.is_short() || in.left() != 0) return damaged("its length");
    return restored;
}

std::unique_ptr<State> carried_over(const Plan& before, State& state, const Plan& after) {
    auto made = std::make_unique<State>(after.rules.size());
    made->sources = std::move(state.sources);
    made->source_index = std::move(state.source_index);
    made->records = state.records;
    made->forgotten = state.forgotten;
    std::vector<std::uint32_t> now(before.rules.size(), kNone);
    for (std::size_t i = 0; i < before.rules.size(); ++i)
        for (std::uint32_t k = 0; k < after.rules.size(); ++k)
            if (after.rules[k].info->id == before.rules[i].info->id && after.rules[k].identity == before.rules[i].identity) {
                now[i] = k;
                made->counts[k] = state.counts[i];
            }
    for (const Lane& lane : state.store.lanes()) {
        const std::uint32_t rule = now[lane.rule];
        if (rule == kNone) {
            made->forgotten += lane.groups;
            continue;
        }
        made->store.set_evicted(made->store.lane_of(rule, lane.organisation), lane.evicted);
        for (std::uint32_t at = lane.oldest; at != kNone; at = state.store.group(at).newer) {
            const Group& old = state.store.group(at);
            const char* text = state.store.text(old);
            const std::uint32_t index = made->store.add(rule, lane.organisation, old.hash, {text, key_size(text, after.rules[rule].group_by.size())});
            Group& group = made->store.group(index);
            group.first = old.first;
            group.source = old.source;
            if (Window* window = state.store.window(old)) {
                Window& fresh = made->store.give_window(index);
                const std::size_t bytes = fresh.bytes();
                fresh = std::move(*window);
                made->store.account(index, bytes);
                window->entries.push_back({});  // a window is never empty
            }
        }
    }
    return made;
}

}  // namespace vg::detect::correlation
