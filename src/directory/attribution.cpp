#include "directory/attribution.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "base/check.h"
#include "directory/attribution_layout.h"

namespace vg::directory {

namespace {

constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kTogether = 16;  // questions whose memory is fetched at once

bool was_valid(const Step& step, const Ask& ask) { return step.from <= ask.time.micros && (ask.time.micros < step.until || step.until == kForever); }

int width(const Step& step) { return step.last_port - step.first_port; }

bool fits(const Step& step, const Ask& ask) {
    return ask.port ? step.first_port <= *ask.port && *ask.port <= step.last_port : width(step) == 65535;
}

// All steps from `at` on; `visit` returns false when it has seen enough.
template <class Visit>
void each_step(const Attribution::Layout& layout, std::uint32_t at, Visit visit) {
    while (at < kEnd) {
        const Step& step = layout.steps[at];
        if (!visit(step)) return;
        at = step.next == kNextStep ? at + 1 : step.next;
    }
}

}  // namespace

std::string AddressRange::text() const {
    if (first == last) return first.text();
    const Number size = number_of(last) - number_of(first);  // less one
    if ((size & (size + 1)) != 0 || (number_of(first) & size) != 0) return first.text() + "-" + last.text();
    int length = 128;
    for (Number left = size; left != 0; left >>= 1) --length;
    return Network{first, length}.text();
}

Attribution::Attribution(std::unique_ptr<const Layout> layout) : layout_(std::move(layout)) {}
Attribution::~Attribution() = default;

Number Attribution::Layout::addresses(std::uint32_t claim) const {
    const AddressRange& range = facts[claim].range;
    return number_of(range.last) - number_of(range.first);
}

std::size_t Attribution::Layout::upper_place_v4(std::uint32_t address) const { return static_cast<std::size_t>(std::uint64_t{address} >> v4_shift); }

std::size_t Attribution::Layout::place_v4(std::uint32_t address, std::size_t upper) const {
    const std::uint32_t value = v4_table[upper];
    if ((value & kDeep) == 0) return upper;
    const int bits = static_cast<int>(value >> kDeepBits & 31);
    const auto within = static_cast<std::uint32_t>((std::uint64_t{address} & ((std::uint64_t{1} << v4_shift) - 1)) >> (v4_shift - bits));
    return (value & ((1U << kDeepBits) - 1)) + within;
}

std::uint32_t Attribution::Layout::find_v4(std::uint32_t address, std::size_t place) const {
    // Segments of later places of the table begin behind the address, so that looking at some of them does no harm.
    const std::size_t before = v4_table[place];
    std::size_t count = before;
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kLooked; ++i) count += v4[before + i].begin <= address ? 1 : 0;
    if (count == before + kLooked) [[unlikely]] {
        std::size_t end = v4_table[place + 1];
        if ((end & kDeep) != 0) end = v4_table[end & ((1U << kDeepBits) - 1)];
        std::size_t left = end > count ? end - count : 0;
        while (left > 0) {  // how many more begin at or before the address
            const std::size_t half = (left + 1) / 2;
            const bool further = v4[count + half - 1].begin <= address;
            count = further ? count + half : count;
            left = further ? left - half : half - 1;
        }
    }
    return v4[std::min(count, v4_size) - 1].step;
}

std::size_t Attribution::Layout::below_v6(std::size_t level, std::size_t place, std::uint64_t high) const {
    const std::uint64_t* keys = v6_tree[level].data() + place * kFanOut;
    std::size_t count = 0;
#pragma GCC unroll 16
    for (std::size_t i = 0; i < kFanOut; ++i) count += keys[i] <= high ? 1 : 0;
    return std::min(place * kFanOut + count, level == 0 ? v6_step.size() : v6_tree[level - 1].size() / kFanOut) - 1;  // not the padding
}

std::uint32_t Attribution::Layout::step_v6(std::size_t place, std::uint64_t high, std::uint64_t low) const {
    if (v6_tree[0][place] == high && v6_low[place] > low) [[unlikely]] {
        // Several begin with this upper half, and the last one of them behind the address.
        const auto begin = std::lower_bound(v6_tree[0].begin(), v6_tree[0].begin() + static_cast<std::ptrdiff_t>(place), high) - v6_tree[0].begin();
        const auto found = std::upper_bound(v6_low.begin() + begin, v6_low.begin() + static_cast<std::ptrdiff_t>(place), low) - v6_low.begin();
        place = static_cast<std::size_t>(found) - 1;  // not below 0: the first segment begins at ::
    }
    return v6_step[place];
}

std::uint32_t Attribution::Layout::find(const Address& address) const {
    const std::uint64_t high = high_half(address), low = low_half(address);
    if (high != 0 || low >> 32 != 0xffff) {
        std::size_t place = 0;
        for (std::size_t level = v6_tree.size(); level-- > 0;) place = below_v6(level, place, high);
        return step_v6(place, high, low);
    }
    const auto last = static_cast<std::uint32_t>(low);
    return find_v4(last, place_v4(last, upper_place_v4(last)));
}

Answer Attribution::Layout::answer(std::uint32_t at, const Ask& ask) const {
    Answer given;
    while (at < kEnd) {
        // The claims over equally many addresses.
        const Step* best = nullptr;
        bool conflict = false, tied = true;
        while (tied) {
            const Step& step = steps[at];
            if (was_valid(step, ask)) {
                if (!fits(step, ask)) {
                    given.port_would_tell |= !ask.port;
                } else if (best == nullptr || width(step) < width(*best)) {
                    best = &step;
                    conflict = false;
                } else if (width(step) == width(*best)) {
                    conflict |= ((step.organisation ^ best->organisation) & ~kTied) != 0;
                    if (step.from > best->from || (step.from == best->from && facts[step.claim].number > facts[best->claim].number)) best = &step;
                }
            }
            tied = step.next == kNextStep || (step.organisation & kTied) != 0;
            at = step.next == kNextStep ? at + 1 : step.next;
        }
        if (best != nullptr) {
            given.kind = conflict ? Answer::Kind::conflict : Answer::Kind::owner;
            given.claim = best->claim;
            return given;
        }
    }
    given.special = static_cast<Special>(at & 0xff);
    given.kind = given.special == Special::none ? Answer::Kind::gap : Answer::Kind::nobody;
    return given;
}

Answer Attribution::of(const Ask& ask) const { return layout_->answer(layout_->find(ask.address), ask); }

void Attribution::of(std::span<const Ask> asks, std::span<Answer> answers) const {
    CHECK(answers.size() >= asks.size(), "there is room for an answer to each question");
    const Layout& layout = *layout_;
    std::array<std::uint32_t, kTogether> at{};
    // What each question reads next is fetched for all of them before any of them reads it.
    for (std::size_t begin = 0; begin < asks.size(); begin += kTogether) {
        const auto some = asks.subspan(begin, std::min(kTogether, asks.size() - begin));
        std::array<std::uint32_t, kTogether + 1> v4{}, v6{};  // the questions of each family; and one place that is overwritten
        std::size_t v4_count = 0, v6_count = 0;
        for (std::uint32_t i = 0; i < some.size(); ++i) {
            const bool is_v4 = high_half(some[i].address) == 0 && low_half(some[i].address) >> 32 == 0xffff;
            v4[v4_count] = v6[v6_count] = i;
            v4_count += is_v4 ? 1 : 0;
            v6_count += is_v4 ? 0 : 1;
        }
        const auto last_half = [&](std::uint32_t i) { return static_cast<std::uint32_t>(low_half(some[i].address)); };
        for (const std::uint32_t i : std::span{v4}.first(v4_count)) __builtin_prefetch(&layout.v4_table[layout.upper_place_v4(last_half(i))]);
        for (const std::uint32_t i : std::span{v4}.first(v4_count)) {
            at[i] = static_cast<std::uint32_t>(layout.place_v4(last_half(i), layout.upper_place_v4(last_half(i))));
            __builtin_prefetch(&layout.v4_table[at[i]]);
        }
        for (const std::uint32_t i : std::span{v4}.first(v4_count)) {
            const std::uint32_t before = layout.v4_table[at[i]];
            __builtin_prefetch(&layout.v4[before == 0 ? 0 : before - 1]);
            __builtin_prefetch(&layout.v4[before + kLooked - 1]);
        }
        for (const std::uint32_t i : std::span{v6}.first(v6_count)) at[i] = 0;
        for (std::size_t level = layout.v6_tree.size(); level-- > 0;) {
            for (const std::uint32_t i : std::span{v6}.first(v6_count)) {
                at[i] = static_cast<std::uint32_t>(layout.below_v6(level, at[i], high_half(some[i].address)));
                if (level == 0) {
                    __builtin_prefetch(&layout.v6_step[at[i]]);
                } else {
                    const std::uint64_t* keys = layout.v6_tree[level - 1].data() + std::size_t{at[i]} * kFanOut;
                    __builtin_prefetch(keys);
                    __builtin_prefetch(keys + kFanOut / 2);
                    __builtin_prefetch(keys + kFanOut - 1);
                }
            }
        }
        for (const std::uint32_t i : std::span{v4}.first(v4_count)) at[i] = layout.find_v4(last_half(i), at[i]);
        for (const std::uint32_t i : std::span{v6}.first(v6_count)) at[i] = layout.step_v6(at[i], high_half(some[i].address), low_half(some[i].address));
        for (std::size_t i = 0; i < some.size(); ++i)
            if (at[i] < kEnd) __builtin_prefetch(&layout.steps[at[i]]);
        for (std::size_t i = 0; i < some.size(); ++i) answers[begin + i] = layout.answer(at[i], some[i]);
    }
}

Claim Attribution::claim(std::uint32_t index) const {
    const KeptClaim& fact = layout_->facts[index];
    Claim told{.number = fact.number, .range = fact.range, .organisation = layout_->organisations[fact.organisation], .from = Time{fact.from}};
    if (fact.ports != PortRange{}) told.ports = fact.ports;
    if (fact.until != kForever) told.until = Time{fact.until};
    told.system = layout_->texts[fact.system];
    told.document = layout_->texts[fact.document];
    told.claimed_by = layout_->texts[fact.claimed_by];
    told.approved_by = layout_->texts[fact.approved_by];
    return told;
}

Explanation Attribution::explain(const Ask& ask) const {
    const Layout& layout = *layout_;
    const std::uint32_t at = layout.find(ask.address);
    Explanation told{.answer = layout.answer(at, ask)};
    std::vector<std::uint32_t> named;
    const auto newer = [&](std::uint32_t a, std::uint32_t b) {
        const KeptClaim &left = layout.facts[a], &right = layout.facts[b];
        return left.from != right.from ? left.from > right.from : left.number > right.number;
    };
    if (told.answer.kind == Answer::Kind::owner || told.answer.kind == Answer::Kind::conflict) {
        const Number size = layout.addresses(told.answer.claim);
        const PortRange& ports = layout.facts[told.answer.claim].ports;
        each_step(layout, at, [&](const Step& step) {
            const Number own = layout.addresses(step.claim);
            if (own == size && was_valid(step, ask) && fits(step, ask) && width(step) == ports.last - ports.first) named.push_back(step.claim);
            return own <= size;
        });
        std::sort(named.begin(), named.end(), newer);
        for (const std::uint32_t claim_index : named) told.claims.push_back(claim(claim_index));
    } else {
        const Step *before = nullptr, *after = nullptr;
        // The more specific come first, so that equal ones need a look at the number alone.
        const auto same_size_and_later = [&](const Step& step, const Step& other) {
            return layout.addresses(step.claim) == layout.addresses(other.claim) && layout.facts[step.claim].number > layout.facts[other.claim].number;
        };
        each_step(layout, at, [&](const Step& step) {
            if (!fits(step, ask)) return true;
            if (step.from > ask.time.micros) {
                if (after == nullptr || step.from < after->from || (step.from == after->from && same_size_and_later(step, *after))) after = &step;
            } else if (before == nullptr || step.until > before->until || (step.until == before->until && same_size_and_later(step, *before))) {
                before = &step;
            }
            return true;
        });
        for (const auto& [step, fact] : {std::pair{before, &told.before}, std::pair{after, &told.after}}) {
            if (step == nullptr) continue;
            named.push_back(step->claim);
            *fact = claim(step->claim);
        }
    }
    // The facts over one range stand together.
    std::set<AddressRange> ranges;
    for (const std::uint32_t claim_index : named) ranges.insert(layout.facts[claim_index].range);
    for (const AddressRange& range : ranges) {
        const auto one = std::find_if(named.begin(), named.end(), [&](std::uint32_t index) { return layout.facts[index].range == range; });
        std::uint32_t index = *one;
        while (index > 0 && layout.facts[index - 1].range == range) --index;
        for (; index < layout.facts.size() && layout.facts[index].range == range; ++index) told.history.push_back(claim(index));
    }
    return told;
}

std::size_t Attribution::size() const { return layout_->facts.size(); }

std::size_t Attribution::bytes() const {
    const auto held = [](const auto& values) { return values.capacity() * sizeof(values[0]); };
    const Layout& layout = *layout_;
    std::size_t sum = sizeof layout + held(layout.steps) + held(layout.v4_table) + held(layout.v4) + held(layout.v6_low) + held(layout.v6_step) + held(layout.facts) + held(layout.organisations) + held(layout.texts);
    for (const auto& level : layout.v6_tree) sum += held(level);
    for (const std::string& text : layout.texts) sum += text.capacity() > 15 ? text.capacity() + 1 : 0;
    return sum;
}

}  // namespace vg::directory
