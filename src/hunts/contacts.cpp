#include "hunts/contacts.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/inside.h"
#include "base/text.h"
#include "detect/kinds/indicator/set.h"
#include "hunts/found_event.h"
#include "hunts/keys.h"
#include "intel/family.h"
#include "search/query.h"
#include "store/segments.h"

namespace vg::hunts {

namespace {

namespace ind = detect::indicator;

constexpr std::int64_t kHour = 3'600'000'000;
constexpr Span kBefore = days(30);       // in which a source may have shown what it sends
constexpr std::size_t kMostSources = 500;

Time hour_of(Time time) {
    const std::int64_t rest = ((time.micros % kHour) + kHour) % kHour;
    return Time{time.micros - rest};
}

// Every event with a field in which a control server would stand.
std::string query_of_far_sides(std::string_view more = {}) {
    std::vector<event::Ecs> fields;
    for (const ind::Kind kind : {ind::Kind::address, ind::Kind::domain, ind::Kind::url})
        for (const event::Ecs field : ind::fields_asked_for(kind)) {
            // Sources of connections are in every log of a sign-in; they say nothing of what is contacted.
            const std::string_view name = event::info(field).name;
            if (name.starts_with("source.") || name.starts_with("client.") || name == "http.request.referrer") continue;
            if (std::find(fields.begin(), fields.end(), field) == fields.end()) fields.push_back(field);
        }
    std::string query;
    for (const event::Ecs field : fields) query += format("{}{}:*", query.empty() ? "(" : " OR ", event::info(field).name);
    query += ")";
    if (!more.empty()) query += format(" AND {}", more);
    return query;
}

std::vector<ContactSource> sources_of(const ContactParts& parts, const ContactAsk& ask) {
    std::vector<ContactSource> all = parts.sources ? parts.sources() : std::vector<ContactSource>{};
    std::erase_if(all, [&](const ContactSource& one) { return std::find(ask.organisations.begin(), ask.organisations.end(), one.organisation) == ask.organisations.end(); });
    return all;
}

store::Question question_of_contacts(const ContactAsk& ask, const search::Query* query, Time from, Time until) {
    std::vector<OrganisationId> organisations = ask.organisations;
    std::sort(organisations.begin(), organisations.end());
    return {.query = query, .organisations = std::move(organisations), .from = from, .to = until, .most_time = ask.most_time, .stop = ask.stop};
}

// Hours in which somebody spoke, from the question's first hour on.
Result<std::vector<bool>> hours_spoken(store::Archive& archive, store::Question question, std::size_t hours, std::vector<store::Gap>& gaps) {
    question.unseen = [&](const store::Unseen& unseen) { gaps = unseen.gaps; };
    std::vector<bool> spoken(hours, false);
    for (const store::Bucket& bucket : TRY(archive.histogram(question, Span{kHour}))) {
        const std::int64_t at = (bucket.from.micros - question.from.micros) / kHour;
        if (bucket.count > 0 && at >= 0 && static_cast<std::size_t>(at) < hours) spoken[static_cast<std::size_t>(at)] = true;
    }
    return spoken;
}

// Silence up to `cadence` between two hours is no gap; before the first and behind the last one it is.
void bridge(std::vector<bool>& spoken, Span cadence) {
    const auto most = static_cast<std::size_t>(std::max<std::int64_t>(cadence.micros / kHour, 0));
    std::optional<std::size_t> last;
    for (std::size_t i = 0; i < spoken.size(); ++i) {
        if (!spoken[i]) continue;
        if (last && i - *last - 1 <= most)
            for (std::size_t between = *last + 1; between < i; ++between) spoken[between] = true;
        last = i;
    }
}

// What is known of the family as a set of its own.
struct FamilySet {
    std::shared_ptr<const ind::Set> set;
    std::shared_ptr<const ind::Table> table;
    std::int64_t values = 0;
};

Result<FamilySet> set_of_family(const ContactParts& parts, const ContactAsk& ask) {
    std::vector<ind::Entry> entries;
    std::vector<intel::Allowed> allows;
    TRY(parts.state.read([&](store::Transaction& tx) -> Status {
        entries = TRY(intel::servers_of_family(tx, ask.family, ask.from));
        allows = TRY(intel::allowed(tx));
        return {};
    }));
    FamilySet made;
    std::string bytes, seed(8, '\0');
    parts.random.fill(reinterpret_cast<std::uint8_t*>(seed.data()), seed.size());
    ind::Writer writer{pick<std::uint64_t>(seed, 0), [&](std::string_view more) {
                           bytes += more;
                           return Status{};
                       }};
    const auto doubts = parts.doubts ? parts.doubts() : nullptr;
    std::vector<ind::Value> written;
    for (ind::Entry& entry : entries) {
        const bool is_allowed = std::any_of(entry.by.begin(), entry.by.end(), [](const ind::Attribution& by) { return by.allowed; });
        if (doubts) doubts->apply(entry);
        if (!is_allowed) ++made.values;
        written.push_back(entry.value);
        TRY(writer.add(entry));
    }
    std::sort(written.begin(), written.end());
    for (const intel::Allowed& one : allows) {
        if (std::binary_search(written.begin(), written.end(), one.value)) continue;
        ind::Attribution by;
        by.list = "allowed";
        by.allowed = true;
        by.until = one.until;
        TRY(writer.add({one.value, {by}}));
    }
    TRY(writer.finish());
    made.table = TRY(ind::Table::open(ind::in_memory(std::move(bytes))));
    made.set = ind::Set::make("family", made.table, nullptr);
    return made;
}

Status count_contacts(const FamilySet& family, const ContactAsk& ask, store::Archive& archive, Contacts& out) {
    store::Segments* const segments = store::segments_of(archive);
    if (segments == nullptr) return fail(Code::unavailable, "this archive has no segments to go through");
    const store::Question question = question_of_contacts(ask, nullptr, ask.from, ask.until);
    std::optional<Keys> keys;
    const auto take = [&](store::FoundEvent&& found) -> Status {
        Arena arena;
        const event::Event event = event_of(found, arena);
        std::vector<ind::Hit> hits;
        TRY(family.set->match(event, hits, ind::When::hunt));
        auto told = Whose::others;
        for (const ind::Hit& hit : hits) {
            if (hit.warned || hit.direction != ind::Direction::contacts) continue;
            told = std::min(told, whose_contact(event, hit.found, ask.subject));
        }
        if (told == Whose::others) return {};
        ++out.contacts;
        if (told == Whose::unknown) ++out.of_unknown;
        out.last = std::max(out.last.value_or(found.occurred), found.occurred);
        return {};
    };
    for (event::Position below = archive.searchable();;) {
        const auto part = TRY(segments->newest(question, below));
        if (part == nullptr) return {};
        std::vector<store::Stretch> stretches;
        if (const auto filter = part->filter()) {
            if (!keys || keys->seed() != (*filter)->seed()) {
                keys.emplace((*filter)->seed());
                TRY(family.table->each([&](ind::Entry&& entry) {
                    if (std::none_of(entry.by.begin(), entry.by.end(), [](const ind::Attribution& by) { return by.allowed; })) keys->add(entry.value);
                    return true;
                }));
                keys->finish();
            }
            const Keys::Asked asked = TRY(keys->ask(**filter));
            stretches = part->stretches(&asked.blocks);
        } else {
            stretches = part->stretches(nullptr);
        }
        for (const store::Stretch& stretch : stretches) TRY(part->read(stretch, take));
        below = part->place().from;
    }
}

}  // namespace

Whose whose_contact(const event::Event& event, std::string_view found, std::string_view subject) {
    using event::Ecs;
    std::vector<Address> nearer, translated;  // of the machine, and of what it was seen as from outside
    for (const auto& [field, into] : {std::pair{Ecs::source_ip, &nearer}, std::pair{Ecs::client_ip, &nearer}, std::pair{Ecs::host_ip, &nearer}, std::pair{Ecs::source_nat_ip, &translated}})
        for (const event::Field& one : event.fields) {
            if (one.ecs != field) continue;
            const std::string text{event.text(field)};
            if (const auto address = parse_address(text); address && text != found) into->push_back(*address);
            break;
        }
    const bool own_log = event.find(Ecs::process_executable) != nullptr || event.find(Ecs::process_name) != nullptr;
    const std::string host = fold_case(event.text(Ecs::host_name));
    if (const auto wanted = parse_address(subject)) {
        const auto is_it = [&](const std::vector<Address>& all) { return std::find(all.begin(), all.end(), *wanted) != all.end(); };
        if (is_it(nearer) || is_it(translated)) return Whose::its;
        const bool outside = !is_inside(*wanted);
        const auto is_another = [&](const Address& one) { return is_inside(one) != outside; };  // of the same kind, and not it
        if (std::any_of(nearer.begin(), nearer.end(), is_another)) return Whose::others;
        if (outside && !translated.empty()) return Whose::others;
        return Whose::unknown;
    }
    const std::string name = fold_case(subject);
    const auto first_label = [](const std::string& text) { return text.substr(0, text.find('.')); };
    const auto is_name = [&](const std::string& other) {
        if (other.empty()) return false;
        const bool short_one = other.find('.') == std::string::npos || name.find('.') == std::string::npos;
        return other == name || (short_one && first_label(other) == first_label(name));
    };
    for (const Ecs field : {Ecs::source_domain, Ecs::client_domain, Ecs::source_address})
        if (is_name(fold_case(event.text(field)))) return Whose::its;
    if (is_name(host) && (own_log || nearer.empty())) return Whose::its;
    return own_log && !host.empty() ? Whose::others : Whose::unknown;
}

Result<HoursCovered> hours_covered(const ContactParts& parts, const ContactAsk& ask) {
    HoursCovered out{.from = hour_of(ask.from), .covered = {}, .sources = {}};
    const Time end = hour_of(ask.until);
    if (end <= out.from || parts.archive == nullptr) return out;
    const auto hours = static_cast<std::size_t>((end - out.from).micros / kHour);
    if (hours > 9'000) return fail(Code::too_large, "more than 9,000 hours");
    const search::Query sending = TRY(search::parse_or_say(query_of_far_sides()));
    const store::Top top = TRY(parts.archive->top(question_of_contacts(ask, &sending, out.from - kBefore, end), "source", kMostSources));
    std::vector<ContactSource> able = sources_of(parts, ask);
    std::erase_if(able, [&](const ContactSource& one) { return std::none_of(top.values.begin(), top.values.end(), [&](const store::TopValue& value) { return value.value == one.id.text(); }); });
    if (able.empty()) return out;
    const bool any_cadence = std::any_of(able.begin(), able.end(), [](const ContactSource& one) { return one.cadence.micros > 0; });
    if (any_cadence) std::erase_if(able, [](const ContactSource& one) { return one.cadence.micros <= 0; });
    std::vector<store::Gap> gaps;
    out.covered.assign(hours, any_cadence);
    for (const ContactSource& one : able) {
        const search::Query of_it = TRY(search::parse_or_say(query_of_far_sides(format("source:{}", one.id.text()))));
        const auto ahead = static_cast<std::size_t>(std::clamp<std::int64_t>(one.cadence.micros / kHour, 0, 1'000));  // what it said just before covers the beginning
        const Time from = out.from - Span{static_cast<std::int64_t>(ahead) * kHour};
        std::vector<bool> spoken = TRY(hours_spoken(*parts.archive, question_of_contacts(ask, &of_it, from, end), hours + ahead, gaps));
        bridge(spoken, one.cadence);
        spoken.erase(spoken.begin(), spoken.begin() + static_cast<std::ptrdiff_t>(ahead));
        for (std::size_t i = 0; i < hours; ++i) out.covered[i] = any_cadence ? out.covered[i] && spoken[i] : out.covered[i] || spoken[i];
        out.sources.push_back(one.name);
    }
    // Where the archive lacks something nobody can know.
    for (const store::Gap& gap : gaps) {
        const Time first = gap.from ? hour_of(*gap.from) : out.from;
        const Time last = gap.to ? *gap.to : end;
        for (std::size_t i = 0; i < hours; ++i) {
            const Time begin = out.from + Span{static_cast<std::int64_t>(i) * kHour};
            if (begin >= first && begin <= last) out.covered[i] = false;
        }
    }
    return out;
}

Result<Contacts> contacts_of(const ContactParts& parts, const ContactAsk& ask) {
    Contacts out;
    if (parts.archive == nullptr) {
        out.why_not = "no-archive";
        return out;
    }
    const FamilySet family = TRY(set_of_family(parts, ask));
    out.servers = family.values;
    if (family.values == 0) {
        out.why_not = "no-control-servers";
        return out;
    }
    TRY(count_contacts(family, ask, *parts.archive, out));
    out.hours = TRY(hours_covered(parts, ask));
    if (out.hours.sources.empty()) out.why_not = "no-sources";
    return out;
}

}  // namespace vg::hunts
