#include "hunts/asker.h"

#include <algorithm>
#include <map>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/text.h"
#include "detect/correlator.h"
#include "detect/kinds/stix/watch.h"
#include "hunts/coverage.h"
#include "hunts/found_event.h"
#include "hunts/keys.h"
#include "intel/keeper.h"
#include "intel/sightings.h"

namespace vg::hunts {

namespace {

constexpr std::size_t kPage = 5'000;

std::string path_of(const AskerParts& parts, const HuntId& id) { return parts.folder + "/" + id.text() + ".indicators"; }

std::string named(std::initializer_list<std::string_view> words) {
    std::string all;
    for (const std::string_view word : words) all += word, all += '\0';
    return sha256_hex(all).substr(0, 32);
}

std::uint64_t any_number(Random& random) {
    std::string bytes(8, '\0');
    random.fill(reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size());
    return pick<std::uint64_t>(bytes, 0);
}

// The hunt's values with what is said of them, and everything that is allowed, as a set of its own.
struct HuntSet {
    std::shared_ptr<const indicator::Set> set;
    std::shared_ptr<const indicator::Table> table;
    std::int64_t values = 0, skipped = 0;
    std::array<bool, indicator::kKinds> kinds{};
};

Result<HuntSet> make_set(const AskerParts& parts, const Hunt& hunt) {
    HuntSet made;
    const std::string path = path_of(parts, hunt.id);
    TRY(parts.disk.make_folder(parts.folder));
    if (parts.disk.exists(path)) TRY(parts.disk.remove(path));
    auto file = TRY(parts.disk.open(path, store::Open::create));
    indicator::Writer writer{any_number(parts.random), [&](std::string_view bytes) { return file->append(bytes); }};
    std::map<indicator::Value, indicator::Attribution> allowed;
    const auto allows = TRY(parts.state.read([](store::Transaction& tx) { return intel::allowed(tx); }));
    for (const intel::Allowed& one : allows) {
        indicator::Attribution by;
        by.list = "allowed";
        by.allowed = true;
        by.until = one.until;
        allowed[one.value] = by;
    }
    const auto doubts = parts.doubts ? parts.doubts() : nullptr;
    std::optional<indicator::Value> after;
    for (;;) {
        std::vector<indicator::Entry> entries;
        const auto page = TRY(parts.state.read([&](store::Transaction& tx) -> Result<std::vector<AskedValue>> {
            auto some = TRY(values(tx, hunt.id, after, kPage));
            entries.clear();
            for (const AskedValue& one : some) {
                if (one.said)
                    entries.push_back({one.value, {*one.said}});
                else
                    entries.push_back(TRY(intel::entry_of(tx, one.value)));
            }
            return some;
        }));
        for (indicator::Entry& entry : entries) {
            std::erase_if(entry.by, [](const indicator::Attribution& by) { return by.allowed; });
            if (entry.by.empty()) {
                ++made.skipped;
                continue;
            }
            ++made.values;
            made.kinds[static_cast<std::size_t>(entry.value.kind)] = true;
            if (doubts) doubts->apply(entry);
            if (const auto is_allowed = allowed.find(entry.value); is_allowed != allowed.end()) {
                entry.by.push_back(is_allowed->second);
                allowed.erase(is_allowed);
            }
            TRY(writer.add(entry));
        }
        if (page.size() < kPage) break;
        after = page.back().value;
    }
    for (const auto& [value, by] : allowed) TRY(writer.add({value, {by}}));
    TRY(writer.finish());
    TRY(file->sync());
    made.table = TRY(indicator::Table::open(intel::in_file(TRY(parts.disk.open(path, store::Open::read)))));
    made.set = indicator::Set::make("hunt", made.table, nullptr);
    return made;
}

Result<std::shared_ptr<const Keys>> keys_of(const indicator::Table& table, std::uint64_t seed) {
    auto keys = std::make_shared<Keys>(seed);
    TRY(table.each([&](indicator::Entry&& entry) {
        if (std::any_of(entry.by.begin(), entry.by.end(), [](const indicator::Attribution& by) { return !by.allowed; })) keys->add(entry.value);
        return true;
    }));
    keys->finish();
    return std::shared_ptr<const Keys>{std::move(keys)};
}

// Patterns of several observations, over events that come newest first. What is together is told as live detection tells it; which of
// several ways to take them together may be another one, going backward.
struct PatternHunt {
    struct Part {
        const detect::stix::Asked* asked = nullptr;
        const std::string* text = nullptr;
        std::uint64_t bits = 0;
        std::vector<Hit> hits;
    };
    explicit PatternHunt(Random& random) : watch(seed_of(random), detect::stix::Watch::Order::backward, {.groups = 20'000, .sights = 50'000}) {}
    static detect::correlation::Seed seed_of(Random& random) {
        detect::correlation::Seed seed{};
        random.fill(seed.data(), seed.size());
        return seed;
    }
    void end_stretch(std::vector<Hit>& hits) {
        const auto sighting_of = [](const Part& part) -> const findings::Sighting& { return part.hits.front().sighting; };
        std::sort(parts.begin(), parts.end(), [&](const Part& a, const Part& b) {
            const event::Position first = sighting_of(a).event.position, second = sighting_of(b).event.position;
            return first != second ? first > second : *a.text < *b.text;
        });
        for (const Part& part : parts) {
            const findings::Sighting& at = sighting_of(part);
            if (!watch.see(*part.asked, *part.text, at.organisation.text() + at.entity, {at.event.position, at.occurred, part.bits}, at.received, taken)) continue;
            for (const Hit& one : part.hits)
                for (const detect::stix::Watch::Sight& sight : taken) {
                    Hit& hit = hits.emplace_back(one);
                    if (sight.position == at.event.position) continue;
                    hit.sighting.event.position = sight.position;
                    hit.sighting.occurred = sight.time;
                    hit.sighting.matched = {};
                }
        }
        parts.clear();
    }

    std::vector<Part> parts;  // of the stretch in hand
    detect::stix::Watch watch;
    std::vector<detect::stix::Watch::Sight> taken;
};

Result<Asker> by_indicators(const AskerParts& parts, const Hunt& hunt) {
    const HuntSet made = TRY(make_set(parts, hunt));
    if (made.values == 0) return fail(Code::bad_input, "nothing is said of these values any more: there is nothing to ask");
    auto keys = std::make_shared<std::shared_ptr<const Keys>>();
    Asker asker;
    asker.values = made.values;
    asker.skipped = made.skipped;
    asker.kinds = made.kinds;
    asker.where = [table = made.table, keys](const store::PartOfArchive& part) -> Result<Where> {
        Where where;
        const auto filter = part.filter();
        if (filter) {
            if (!*keys || (*keys)->seed() != (*filter)->seed()) *keys = TRY(keys_of(*table, (*filter)->seed()));
            if (const auto asked = (*keys)->ask(**filter)) {
                where.stretches = part.stretches(&asked->blocks);
                where.distinct = asked->distinct;
                where.whole = asked->whole;
                return where;
            }
        }
        where.whole = true;
        where.stretches = part.stretches(nullptr);
        return where;
    };
    if (!made.kinds[static_cast<std::size_t>(indicator::Kind::ja4)] && !made.kinds[static_cast<std::size_t>(indicator::Kind::pattern)])
        asker.worth = store::Worth{.fields = fields_of(made.kinds), .test = [set = made.set](event::Ecs field, std::string_view text) { return set->may_match(field, text); }};
    const auto patterns = made.table->count(indicator::Kind::pattern) > 0 ? std::make_shared<PatternHunt>(parts.random) : nullptr;
    asker.ask = [set = made.set, journal = parts.journal, id = hunt.id, patterns](const store::FoundEvent& found, std::vector<Hit>& hits) -> Status {
        Arena arena;
        const event::Event event = event_of(found, arena);
        std::vector<indicator::Hit> said;
        indicator::Asides asides;
        TRY(set->match(event, said, indicator::When::hunt, &asides));
        const auto hit_of = [&](const indicator::Hit& one) {
            Hit hit;
            hit.sighting = {.event = {journal, found.position},
                            .source = found.source,
                            .organisation = found.organisation,
                            .occurred = found.occurred,
                            .received = found.received,
                            .entity = findings::entity_of(event, one, found.source),
                            .rule = one.rule,
                            .matched = intel::matched_of(one),
                            .hunt = id.text()};
            hit.what = named({one.rule->id, hit.sighting.entity, name_of(one.entry.value.kind), one.entry.value.text});
            hit.value = one.entry.value;
            hit.family = one.strongest.family;
            hit.list = one.strongest.list;
            return hit;
        };
        for (const indicator::Hit& one : said) hits.push_back(hit_of(one));
        if (patterns == nullptr) return {};
        for (const indicator::PatternPart& part : asides.parts) {
            PatternHunt::Part& kept = patterns->parts.emplace_back();
            kept.asked = part.asked;
            kept.text = part.text;
            kept.bits = part.bits;
            for (const indicator::Hit& one : part.hits) kept.hits.push_back(hit_of(one));
        }
        return {};
    };
    if (patterns != nullptr) {
        asker.end_stretch = [patterns](std::vector<Hit>& hits) { patterns->end_stretch(hits); };
        asker.carry = [patterns] { return patterns->watch.save(); };
        asker.restore = [patterns](std::string_view carried) {
            patterns->parts.clear();
            return patterns->watch.restore(carried);
        };
    }
    return asker;
}

Result<Asker> by_rules(const AskerParts& parts, const Hunt& hunt) {
    std::vector<detect::RuleFile> files;
    if (const json::Value* rules = hunt.asked.find("rules"); rules != nullptr && rules->is_array())
        for (const json::Value& one : rules->as_array()) files.push_back({one.text("file").value_or("rule"), one.text("text").value_or("")});
    detect::LoadReport report;
    detect::EngineOptions options;
    if (parts.pipelines) options.pipelines = parts.pipelines();
    const std::shared_ptr<const detect::Engine> engine = TRY(detect::Engine::make(files, options, report));
    Asker asker;
    for (const detect::RuleInfo* rule : engine->rules()) {
        if (detect::correlation::is_told_alone(engine->plan(), *rule))
            ++asker.values;
        else
            ++asker.skipped;
    }
    asker.skipped += static_cast<std::int64_t>(report.refused.size());
    if (asker.values == 0) return fail(Code::bad_input, format("none of these rules can be asked{}", report.refused.empty() ? std::string{} : ": " + report.refused.front().reason));
    asker.where = [](const store::PartOfArchive& part) -> Result<Where> { return Where{.stretches = part.stretches(nullptr), .whole = true}; };
    struct Own {
        detect::Scratch scratch;
        std::vector<detect::Match> matches;
    };
    asker.ask = [engine, own = std::make_shared<Own>(), journal = parts.journal, id = hunt.id, log_source = parts.add_log_source](const store::FoundEvent& found, std::vector<Hit>& hits) -> Status {
        Arena arena;
        event::Event event = event_of(found, arena);
        own->matches.clear();
        engine->match(event, own->scratch, own->matches);
        if (own->matches.empty()) return {};
        // Nothing is known of its log source yet, so that every rule was asked.
        Arena record;
        if (log_source && log_source(found.position, event, record)) {
            own->matches.clear();
            engine->match(event, own->scratch, own->matches);
        }
        for (const detect::Match& match : own->matches) {
            if (!detect::correlation::is_told_alone(engine->plan(), *match.rule)) continue;
            json::Object matched;
            for (const detect::MatchedField& field : match.matched) matched.emplace_back(std::string{field.field}, shorten(field.value, 1024));
            Hit& hit = hits.emplace_back();
            hit.sighting = {.event = {journal, found.position},
                            .source = found.source,
                            .organisation = found.organisation,
                            .occurred = found.occurred,
                            .received = found.received,
                            .entity = findings::entity_of(event, found.source),
                            .rule = match.rule,
                            .matched = json::Value{std::move(matched)},
                            .hunt = id.text()};
            hit.what = named({match.rule->id, hit.sighting.entity});
        }
        return {};
    };
    return asker;
}

}  // namespace

Result<Asker> make_asker(const AskerParts& parts, const Hunt& hunt) { return hunt.what == What::rules ? by_rules(parts, hunt) : by_indicators(parts, hunt); }

void forget_asker(const AskerParts& parts, const HuntId& id) {
    const std::string path = path_of(parts, id);
    if (parts.disk.exists(path)) static_cast<void>(parts.disk.remove(path));
}

}  // namespace vg::hunts
