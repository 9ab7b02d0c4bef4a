#include <algorithm>
#include <limits>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>

#include "base/bytes.h"
#include "directory/attribution_layout.h"

namespace vg::directory {

namespace {

constexpr std::uint32_t kNoCell = 0xffff'ffff;
constexpr int kMostTableBits = 22;

// A claim where it is sorted.
struct Key {
    Number first, last;
    std::int64_t from, number;
    std::uint32_t claim;
};

// All claims over one range: facts from `begin` on.
struct Group {
    Number first, last;
    std::uint32_t begin, count;
    [[nodiscard]] Number size() const { return last - first; }  // less one
};

// A zone in numbers.
struct Bounds {
    Number first, last, block_first, block_last;
    Special special;
    // Whether a claim over this range, which reaches into the zone, is about its addresses.
    [[nodiscard]] bool named_by(const Group& group) const {
        return is_v4(group.first) == is_v4(first) && (special == Special::none || (group.first >= block_first && group.last <= block_last));
    }
};
std::vector<Bounds> bounds() {
    std::vector<Bounds> made;
    for (const Zone& zone : zones()) made.push_back({number_of(zone.first), number_of(zone.last), number_of(zone.block_first), number_of(zone.block_last), zone.special});
    return made;
}

// What of a group lies in one zone.
struct Piece {
    Number first, last;
    std::uint32_t group;
};

// A group in a list of groups, the most specific first. Lists share their ends, and are never changed.
struct Cell {
    std::uint32_t group;
    std::uint32_t next;    // a cell or kNoCell
    std::uint32_t step;    // the first of its steps
    std::uint32_t length;  // steps from here to the end
};

struct HashOrganisation {
    std::size_t operator()(const OrganisationId& id) const { return hash64({reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()}); }
};

// Gives equal values one place among the `stored`.
template <class Stored, class Asked, class Hash>
class Interned {
public:
    // What was asked last in one column: mostly it is asked again.
    struct Last {
        std::optional<Asked> value = {};
        std::uint32_t place = 0;
    };
    explicit Interned(std::vector<Stored>& stored) : stored_(stored) {}
    std::uint32_t place(const Asked& value, Last& last) {
        if (last.value == value) return last.place;
        const auto [found, added] = places_.try_emplace(value, static_cast<std::uint32_t>(stored_.size()));
        if (added) stored_.emplace_back(value);
        last = {value, found->second};
        return last.place;
    }

private:
    std::vector<Stored>& stored_;
    std::unordered_map<Asked, std::uint32_t, Hash> places_;
};
using Organisations = Interned<OrganisationId, OrganisationId, HashOrganisation>;
using Texts = Interned<std::string, std::string_view, std::hash<std::string_view>>;

Status check_claim(const Claim& claim) {
    const auto bad = [&](std::string_view what) { return fail(Code::bad_input, "claim " + std::to_string(claim.number) + ": " + std::string{what}); };
    const AddressRange& range = claim.range;
    if (range.last < range.first) return bad("its first address is behind the last");
    if (range.first.is_v4() != range.last.is_v4()) return bad("its range holds IPv4 and IPv6 addresses");
    if (claim.ports && claim.ports->last < claim.ports->first) return bad("its first port is behind the last");
    if (claim.until && *claim.until <= claim.from) return bad("it ends before it begins");
    return {};
}

class Builder {
public:
    explicit Builder(std::span<const Claim> claims) : claims_(claims), layout_(std::make_unique<Attribution::Layout>()), most_steps_(4 * claims.size() + 1'000'000) {}

    Result<std::unique_ptr<const Attribution::Layout>> build() {
        for (const Claim& each : claims_) TRY(check_claim(each));
        sort_facts();
        TRY(cut_zones());
        index_v4();
        index_v6();
        layout_->steps.shrink_to_fit();
        return std::move(layout_);
    }

private:
    void sort_facts() {
        std::vector<Key> keys;
        keys.reserve(claims_.size());
        for (const Claim& claim : claims_) keys.push_back({number_of(claim.range.first), number_of(claim.range.last), claim.from.micros, claim.number, static_cast<std::uint32_t>(keys.size())});
        std::sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) {
            if (a.first != b.first) return a.first < b.first;
            if (a.last != b.last) return a.last > b.last;
            return a.from != b.from ? a.from < b.from : a.number != b.number ? a.number < b.number : a.claim < b.claim;
        });
        Organisations organisations{layout_->organisations};
        Texts texts{layout_->texts};
        Organisations::Last organisation;
        Texts::Last system, document, claimed_by, approved_by;
        std::vector<KeptClaim>& facts = layout_->facts;
        facts.reserve(keys.size());
        for (const Key& key : keys) {
            const Claim& claim = claims_[key.claim];
            facts.push_back({.range = claim.range,
                             .from = claim.from.micros,
                             .until = claim.until ? claim.until->micros : std::numeric_limits<std::int64_t>::max(),
                             .number = claim.number,
                             .ports = claim.ports.value_or(PortRange{}),
                             .organisation = organisations.place(claim.organisation, organisation),
                             .system = texts.place(claim.system, system),
                             .document = texts.place(claim.document, document),
                             .claimed_by = texts.place(claim.claimed_by, claimed_by),
                             .approved_by = texts.place(claim.approved_by, approved_by)});
            if (groups_.empty() || groups_.back().first != key.first || groups_.back().last != key.last) groups_.push_back({key.first, key.last, static_cast<std::uint32_t>(facts.size() - 1), 0});
            ++groups_.back().count;
        }
    }

    Status cut_zones() {
        const std::vector<Bounds> all = bounds();
        std::vector<std::vector<Piece>> crossing(all.size());  // of groups that began in an earlier zone
        const auto wider = [this](const Piece& a, const Piece& b) { return a.first != b.first ? a.first < b.first : groups_[a.group].size() > groups_[b.group].size(); };
        std::vector<Piece> pieces;
        std::uint32_t next = 0;
        layout_->steps.reserve(claims_.size() + claims_.size() / 8);
        for (std::size_t i = 0; i < all.size(); ++i) {
            pieces = std::move(crossing[i]);
            std::sort(pieces.begin(), pieces.end(), wider);
            const auto crossed = static_cast<std::ptrdiff_t>(pieces.size());
            for (; next < groups_.size() && groups_[next].first <= all[i].last; ++next) {
                const Group& group = groups_[next];
                if (all[i].named_by(group)) pieces.push_back({group.first, std::min(group.last, all[i].last), next});
                for (std::size_t j = i + 1; j < all.size() && all[j].first <= group.last; ++j) {
                    if (!all[j].named_by(group)) continue;
                    crossing[j].push_back({all[j].first, std::min(group.last, all[j].last), next});
                    if (crossing[j].size() > Attribution::kMostAround) return too_many_around(group);
                }
            }
            std::inplace_merge(pieces.begin(), pieces.begin() + crossed, pieces.end(), wider);
            TRY(sweep(all[i], pieces));
        }
        return {};
    }

    [[nodiscard]] std::string named(const Group& group) const { return "claim " + std::to_string(layout_->facts[group.begin].number) + ": "; }

    [[nodiscard]] Status too_many_around(const Group& group) const {
        return fail(Code::too_large, named(group) + "more than " + std::to_string(Attribution::kMostAround) + " claims hold one of its addresses");
    }

    // One zone from its first address to its last: the list of the groups that hold, wherever it changes.
    Status sweep(const Bounds& zone, std::span<const Piece> pieces) {
        const auto narrower = [this](const Piece& a, const Piece& b) { return a.last != b.last ? a.last > b.last : groups_[a.group].size() > groups_[b.group].size(); };
        std::priority_queue<Piece, std::vector<Piece>, decltype(narrower)> open{narrower};  // the first to end on top, of equal ones the narrowest
        end_ = kEnd + static_cast<std::uint32_t>(zone.special);
        head_ = kNoCell;
        std::size_t next = 0;
        for (Number at = zone.first;;) {
            for (; !open.empty() && open.top().last < at; open.pop()) TRY(close(open.top().group));
            for (; next < pieces.size() && pieces[next].first == at; ++next) {
                TRY(insert(pieces[next].group));
                open.push(pieces[next]);
            }
            begin_segment(at);
            const bool ends = !open.empty() && open.top().last != zone.last;
            if (next == pieces.size() && !ends) return {};
            at = ends && (next == pieces.size() || open.top().last < pieces[next].first) ? open.top().last + 1 : pieces[next].first;
        }
    }

    Status insert(std::uint32_t group) {
        const Number size = groups_[group].size();
        std::uint32_t at = head_;
        for (path_.clear(); at != kNoCell && groups_[cells_[at].group].size() < size; at = cells_[at].next) path_.push_back(cells_[at].group);
        TRY(put_before(group, at));
        return put_path();
    }

    Status close(std::uint32_t group) {
        std::uint32_t at = head_;
        for (path_.clear(); cells_[at].group != group; at = cells_[at].next) path_.push_back(cells_[at].group);
        head_ = cells_[at].next;
        return put_path();
    }

    // Those that stood before the place of the change, anew.
    Status put_path() {
        for (; !path_.empty(); path_.pop_back()) TRY(put_before(path_.back(), head_));
        return {};
    }

    Status put_before(std::uint32_t group, std::uint32_t next) {
        const Group& put = groups_[group];
        std::vector<Step>& steps = layout_->steps;
        const std::size_t length = put.count + (next == kNoCell ? 0 : cells_[next].length);
        if (length > Attribution::kMostAround) return too_many_around(put);
        if (steps.size() + put.count > most_steps_) return fail(Code::too_large, named(put) + "too many ranges overlap only in part; cut them at each other's edges");
        cells_.push_back({group, next, static_cast<std::uint32_t>(steps.size()), static_cast<std::uint32_t>(length)});
        for (std::uint32_t i = put.begin; i < put.begin + put.count; ++i) {
            const KeptClaim& fact = layout_->facts[i];
            steps.push_back({fact.from, fact.until, fact.ports.first, fact.ports.last, fact.organisation, i, kNextStep});
        }
        steps.back().next = next == kNoCell ? end_ : cells_[next].step;
        if (next != kNoCell && groups_[cells_[next].group].size() == put.size()) steps.back().organisation |= kTied;
        head_ = static_cast<std::uint32_t>(cells_.size() - 1);
        return {};
    }

    void begin_segment(Number at) {
        const std::uint32_t step = head_ == kNoCell ? end_ : cells_[head_].step;
        if (is_v4(at)) {
            if (layout_->v4.empty() || layout_->v4.back().step != step) layout_->v4.push_back({static_cast<std::uint32_t>(at), step});
        } else if (layout_->v6_step.empty() || layout_->v6_step.back() != step) {
            v6_high_.push_back(static_cast<std::uint64_t>(at >> 64));
            layout_->v6_low.push_back(static_cast<std::uint64_t>(at));
            layout_->v6_step.push_back(step);
        }
    }

    void index_v4() {
        Attribution::Layout& made = *layout_;
        made.v4_size = made.v4.size();
        int bits = 1;
        while (bits < kMostTableBits && (std::size_t{1} << bits) < made.v4_size) ++bits;
        made.v4_shift = 32 - bits;
        made.v4_table.resize((std::size_t{1} << bits) + 1);
        std::size_t before = 0;
        for (std::size_t place = 0; place < made.v4_table.size(); ++place) {
            while (before < made.v4_size && made.v4[before].begin < std::uint64_t{place} << made.v4_shift) ++before;
            made.v4_table[place] = static_cast<std::uint32_t>(before);
        }
        deepen_v4();
        made.v4.insert(made.v4.end(), kLooked, {0xffff'ffff, kEnd});
        made.v4.shrink_to_fit();
    }

    // A table of its own for each place in which many segments begin: about one place of it a segment.
    void deepen_v4() {
        Attribution::Layout& made = *layout_;
        std::vector<std::uint32_t>& table = made.v4_table;
        const std::size_t places = table.size() - 1;
        std::vector<std::uint32_t> upper(table.begin(), table.end());
        for (std::size_t place = 0; place < places; ++place) {
            const std::uint32_t segments = upper[place + 1] - upper[place];
            if (segments <= kLooked) continue;
            int bits = 1;
            while (bits < made.v4_shift && (1U << bits) < segments) ++bits;
            const std::size_t at = table.size(), size = std::size_t{1} << bits;
            if (at + size + 1 > std::size_t{1} << kDeepBits) break;  // the rest is searched
            std::size_t before = upper[place];
            for (std::size_t i = 0; i <= size; ++i) {
                const std::uint64_t edge = (std::uint64_t{place} << made.v4_shift) + (std::uint64_t{i} << (made.v4_shift - bits));
                while (before < made.v4_size && made.v4[before].begin < edge) ++before;
                table.push_back(static_cast<std::uint32_t>(before));
            }
            table[place] = kDeep | static_cast<std::uint32_t>(bits) << kDeepBits | static_cast<std::uint32_t>(at);
        }
        table.shrink_to_fit();
    }

    void index_v6() {
        const auto padded = [](std::vector<std::uint64_t> keys) {
            keys.resize((keys.size() + kFanOut - 1) / kFanOut * kFanOut, std::numeric_limits<std::uint64_t>::max());
            keys.shrink_to_fit();
            return keys;
        };
        layout_->v6_low.shrink_to_fit();
        layout_->v6_step.shrink_to_fit();
        std::vector<std::uint64_t> keys = std::move(v6_high_);
        while (true) {
            std::vector<std::uint64_t> above;
            for (std::size_t i = 0; i < keys.size(); i += kFanOut) above.push_back(keys[i]);
            layout_->v6_tree.push_back(padded(std::move(keys)));
            if (above.size() == 1) return;
            keys = std::move(above);
        }
    }

    std::span<const Claim> claims_;
    std::unique_ptr<Attribution::Layout> layout_;
    const std::size_t most_steps_;
    std::vector<Group> groups_;
    std::vector<Cell> cells_;
    std::vector<std::uint32_t> path_;
    std::vector<std::uint64_t> v6_high_;
    std::uint32_t head_ = kNoCell;
    std::uint32_t end_ = kEnd;
};

}  // namespace

Result<std::shared_ptr<const Attribution>> Attribution::build(std::span<const Claim> claims) {
    if (claims.size() > kMostClaims) return fail(Code::too_large, "there are more than " + std::to_string(kMostClaims) + " claims");
    auto layout = TRY(Builder{claims}.build());
    return std::make_shared<const Attribution>(std::move(layout));
}

}  // namespace vg::directory
