// Book::record: the pipeline's sightings become findings. Everything is grouped in memory first, so that a batch costs
// one question and one change for each finding that it touches, however often.
#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"
#include "base/text.h"
#include "findings/rows.h"
#include "findings/tally.h"

namespace vg::findings {

namespace {

constexpr std::size_t kMostMatchedFields = 64;
constexpr Span kMostAhead = minutes(5);  // an event that claims more is from a wrong clock, and must not lead the list for ever

using Sightings = std::vector<const Sighting*>;  // of one finding, in journal order

std::vector<Sightings> grouped(std::span<const Sighting> sightings) {
    std::vector<Sightings> groups;
    std::unordered_map<std::string, std::size_t> known;
    std::string key;
    for (const Sighting& sighting : sightings) {
        CHECK(sighting.rule != nullptr, "a sighting is of a rule");
        key.assign(reinterpret_cast<const char*>(sighting.organisation.bytes.data()), sighting.organisation.bytes.size());
        key += sighting.rule->id;
        key += '\0';  // is in no rule id
        key += sighting.entity;
        const auto [at, is_new] = known.try_emplace(key, groups.size());
        if (is_new) groups.emplace_back();
        groups[at->second].push_back(&sighting);
    }
    return groups;
}

// When it came to be known.
Time noted(const Sighting& sighting) { return sighting.hunt.empty() ? sighting.received : sighting.found; }

// UUIDv7-shaped (RFC 9562, section 5.7): the milliseconds of when it was known, then SHA-256 of where the first sighting
// stands in place of chance.
FindingId derived_id(const Sighting& first) {
    std::string where{reinterpret_cast<const char*>(first.event.journal.data()), first.event.journal.size()};
    put(where, first.event.position.value);
    where += first.rule->id;
    if (first.rule->many) where += '\0' + first.entity;  // one event may stand in two groups of a rule
    if (!first.hunt.empty()) where += '\0' + first.hunt + '\0' + first.entity;  // it may have been the first of one that is closed
    const Sha256 hash = sha256(where);
    class Given final : public Random {
    public:
        explicit Given(const Sha256& bytes) : bytes_(bytes) {}
        void fill(std::uint8_t* bytes, std::size_t count) override {
            CHECK(count <= bytes_.size(), "an id has 16 bytes");
            std::copy_n(bytes_.begin(), count, bytes);
        }

    private:
        Sha256 bytes_;
    } given{hash};
    return FindingId{make_uuid_v7(noted(first), given)};
}

json::Value bounded_matched(const json::Value& matched) {
    if (!matched.is_object() || matched.as_object().size() <= kMostMatchedFields) return matched;
    const json::Object& all = matched.as_object();
    return json::Object(all.begin(), all.begin() + kMostMatchedFields);
}

std::string tags_text(const std::vector<std::string>& tags) {
    json::Value list{json::Array{}};
    for (const std::string& tag : tags) list.add(tag);
    return list.dump();
}

// What growing needs to know of a finding that stands.
struct Standing {
    std::string id;
    bool open = false;
    std::int64_t turn = 0, hits = 0, first_seen = 0, last_seen = 0, created = 0, updated = 0;
    std::string event_hash;
    Counted counted;
    std::int64_t retrospective = 0;  // that are added
};

// The open finding of that key, else the last of the closed ones.
Result<std::optional<Standing>> standing_of(store::Transaction& tx, const Sighting& sighting) {
    using Int = std::int64_t;
    auto row = TRY((tx.first<std::string, Int, Int, Int, Int, Int, Int, Int, std::string, std::string, std::string, std::string, std::string, std::optional<Int>>(
        "select id, case when state = 'closed' then 0 else 1 end, turn, hits, first_seen, last_seen, created, updated, event_hash, rule_title, level, state, "
        "assignee, muted_until from finding "
        "where organisation = :o and rule_id = :r and entity = :e order by case when state = 'closed' then 1 else 0 end, turn desc limit 1",
        {sighting.organisation.text(), sighting.rule->id, sighting.entity})));
    if (!row) return std::nullopt;
    auto& [id, open, turn, hits, first, last, created, updated, hash, title, level, state, assignee, muted] = *row;
    Counted counted{.id = id, .rule = sighting.rule->id, .title = std::move(title), .entity = sighting.entity, .organisation = sighting.organisation.text(), .level = std::move(level),
                    .state = std::move(state), .assignee = std::move(assignee), .muted = muted.has_value(), .hits = hits, .last_seen = last};
    return Standing{std::move(id), open == 1, turn, hits, first, last, created, updated, std::move(hash), std::move(counted), 0};
}

// Adds lines to one block of references. A block that the ring held before is replaced.
Status save_events(store::Transaction& tx, const std::string& finding, std::int64_t block, const std::string& lines) {
    TRY(tx.run("insert into finding_event (finding, slot, block, events) values (:f, :s, :b, :e) on conflict (finding, slot) do update set "
               "events = case when finding_event.block = excluded.block then finding_event.events || excluded.events else excluded.events end, "
               "block = excluded.block",
               {finding, slot_of(block), block, lines}));
    return {};
}

Status insert(store::Transaction& tx, const Standing& now, const Sightings& group, const std::optional<Standing>& before) {
    const Sighting& first = *group.front();
    const detect::RuleInfo& rule = *group.back()->rule;
    const std::string_view level = detect::name_of(rule.level);
    TRY(tx.run("insert into finding (id, organisation, rule_id, entity, rule_title, rule_author, rule_kind, level, tags, state, hits, first_seen, last_seen, "
               "created, updated, score, event_hash, matched, muted_until, mute_reason, close_reason, assignee, version, turn, previous, rule_title_vi, retrospective) values "
               "(:a, :b, :c, :d, :e, :f, :g, :h, :i, 'new', :j, :k, :l, :m, :n, :o, :p, :q, null, '', '', '', 1, :r, :s, :t, :u)",
               {now.id, first.organisation.text(), rule.id, first.entity, rule.title, rule.author, rule.kind, level, tags_text(rule.tags), now.hits, now.first_seen,
                now.last_seen, now.created, now.updated, score_of(level, now.hits), now.event_hash, bounded_matched(first.matched).dump(), before ? before->turn + 1 : std::int64_t{1},
                before ? store::Param{before->id} : store::Param{nullptr}, rule.title_vi, now.retrospective}));
    return {};
}

Status grow(store::Transaction& tx, const Standing& now, const detect::RuleInfo& rule) {
    const std::string_view level = detect::name_of(rule.level);
    TRY(tx.run("update finding set rule_title = :a, rule_author = :b, rule_kind = :c, level = :d, tags = :e, hits = :f, first_seen = :g, last_seen = :h, "
               "updated = :i, score = :j, event_hash = :k, rule_title_vi = :m, retrospective = retrospective + :n where id = :l",
               {rule.title, rule.author, rule.kind, level, tags_text(rule.tags), now.hits, now.first_seen, now.last_seen, now.updated,
                score_of(level, now.hits), now.event_hash, rule.title_vi, now.retrospective, now.id}));
    return {};
}

Result<Touched> record_group(store::Transaction& tx, const Sightings& group, Tally& tally) {
    const Sighting& first = *group.front();
    const std::optional<Standing> before = TRY(standing_of(tx, first));
    const bool grows = before && before->open;
    Standing now;
    if (grows) {
        now = *before;
    } else {
        const std::int64_t seen = std::min(first.occurred, first.received + kMostAhead).micros;
        now.id = derived_id(first).text();
        now.first_seen = now.last_seen = seen;
        now.created = now.updated = noted(first).micros;
    }

    std::vector<std::pair<std::int64_t, std::string>> blocks;  // lines for the events, by block
    const std::int64_t last_block = (now.hits + static_cast<std::int64_t>(group.size()) - 1) / kBlock;
    for (const Sighting* sighting : group) {
        const std::string event = sighting->event.text();
        const std::int64_t occurred = std::min(sighting->occurred, sighting->received + kMostAhead).micros;
        now.event_hash = sha256_hex(now.event_hash + event);
        now.first_seen = std::min(now.first_seen, occurred);
        now.last_seen = std::max(now.last_seen, occurred);
        now.updated = std::max(now.updated, noted(*sighting).micros);
        now.retrospective += sighting->hunt.empty() ? 0 : 1;
        const std::int64_t block = now.hits++ / kBlock;
        if (block >= kFirstBlocks && block <= last_block - kRingBlocks) continue;  // this batch itself would write over it
        if (blocks.empty() || blocks.back().first != block) blocks.emplace_back(block, std::string{});
        blocks.back().second += format("{} {}\n", event, sighting->occurred.micros);
    }

    if (grows)
        TRY(grow(tx, now, *group.back()->rule));
    else
        TRY(insert(tx, now, group, before));
    for (const auto& [block, lines] : blocks) TRY(save_events(tx, now.id, block, lines));
    const detect::RuleInfo& rule = *group.back()->rule;
    Counted after = grows ? before->counted : Counted{.id = now.id, .rule = rule.id, .entity = first.entity, .organisation = first.organisation.text(), .state = std::string{name_of(State::new_)}};
    after.title = rule.title;
    after.level = detect::name_of(rule.level);
    after.hits = now.hits;
    after.last_seen = now.last_seen;
    tally.replace(grows ? std::optional{before->counted} : std::nullopt, after);
    return Touched{TRY(FindingId::parse(now.id)), first.organisation, std::string{detect::name_of(group.back()->rule->level)}, !grows, rule.kind == "indicator"};
}

}  // namespace

Result<std::vector<Touched>> Book::record_and_tell(store::Transaction& tx, std::span<const Sighting> sightings) {
    std::vector<Touched> touched;
    Tally tally;
    for (const Sightings& group : grouped(sightings)) touched.push_back(TRY_IN("findings: ", record_group(tx, group, tally)));
    TRY_IN("findings: ", tally.flush(tx));
    return touched;
}

Status Book::record(store::Transaction& tx, std::span<const Sighting> sightings) {
    TRY(record_and_tell(tx, sightings));
    return {};
}

}  // namespace vg::findings
