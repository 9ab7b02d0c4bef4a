// A reading becomes a list: the original first, then its rows in small transactions, staged; the last step makes it seen.
#include <algorithm>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "detect/kinds/indicator/value.h"
#include "lists/tables.h"
#include "lists/worklist.h"
#include "store/audit.h"

namespace vg::lists {

namespace {

constexpr Span kSameLetter = days(14);

std::string original_path(const Place& place, std::string_view sha256) { return format("{}/{}", place.folder, sha256); }

// Durable before any row of it is.
Status keep_original(const Place& place, std::string_view sha256, std::string_view bytes) {
    for (std::size_t at = place.folder.find('/', 1); at != std::string::npos; at = place.folder.find('/', at + 1)) TRY(place.disk.make_folder(place.folder.substr(0, at)));
    TRY(place.disk.make_folder(place.folder));
    const std::string path = original_path(place, sha256);
    if (place.disk.exists(path)) return {};
    TRY(store::write_whole(place.disk, path, bytes));
    return place.disk.sync_folder(store::parent_of(place.folder));
}

std::optional<Time> letter_time(const Letter& letter) {
    if (letter.date.empty()) return std::nullopt;
    return parse_time(letter.date + "T00:00:00Z");
}

// First, last and common family of all records.
void summarise(const Reading& reading, List& list) {
    std::set<std::string> victims;
    std::string family_key;
    bool one_family = true;
    for (const Record& record : reading.records) {
        for (const auto& time : {record.seen, record.first_seen})
            if (time) {
                list.from = list.from ? std::min(*list.from, *time) : *time;
                list.until = list.until ? std::max(*list.until, *time) : *time;
            }
        const std::string key = key_of(record.family);
        if (list.family.empty() && one_family) list.family = record.family, family_key = key;
        if (key != family_key) one_family = false;
        victims.insert(victim_key(record));
    }
    if (!one_family) list.family.clear();
    list.victims = static_cast<std::int64_t>(victims.size());
}

List head_of(const ListId& id, std::string_view name, std::string_view bytes, const Reading& reading, const Keep& options, const access::Actor& actor, Time now) {
    List list;
    list.id = id;
    list.name = shorten(to_valid_utf8(name), 300);
    list.sha256 = sha256_hex(bytes);
    list.content = hash_of(reading.records);
    list.bytes = static_cast<std::int64_t>(bytes.size());
    list.form = reading.form;
    list.letter = reading.letter;
    list.series = options.series.empty() ? series_of(reading) : shorten(nfc(trim(options.series)), 200);
    list.profile = reading.profile;
    list.zone = reading.zone;
    list.read = static_cast<std::int64_t>(reading.read), list.accepted = static_cast<std::int64_t>(reading.accepted), list.duplicate = static_cast<std::int64_t>(reading.duplicate);
    list.rejected = static_cast<std::int64_t>(reading.rejected), list.records = static_cast<std::int64_t>(reading.records.size());
    summarise(reading, list);
    list.by = actor.name;
    list.kept = now;
    list.place = place_in_series(reading, now);
    return list;
}

Status note(store::Transaction& tx, std::string_view action, const List& list, const access::Actor& actor, Time now, json::Value details) {
    return store::audit::append(tx, {.time = now, .actor = actor.name, .action = std::string{action}, .object = "list/" + list.id.text(), .organisation = {}, .details = std::move(details)});
}

// All that stands of a staged list. The head goes last, so that a crash here leaves nothing that recover() does not find.
Status remove_staged(const Place& place, const List& list) {
    for (const char* table : {"list_row", "list_rejected", "list_victim", "list_inside"}) TRY(remove_numbered(place.state, table, list.id));
    bool needed = false;
    TRY(place.state.write([&](store::Transaction& tx) -> Status {
        TRY(tx.run("delete from list_organisation where list = :l", {list.id.text()}));
        TRY(tx.run("delete from victim_list where id = :l and staged = 1", {list.id.text()}));
        needed = TRY((tx.first<std::string>("select id from victim_list where sha256 = :s limit 1", {list.sha256}))).has_value();
        return {};
    }));
    TRY(rebuild_hits(place.state, list.series));
    if (needed || !place.disk.exists(original_path(place, list.sha256))) return {};
    TRY(place.disk.remove(original_path(place, list.sha256)));
    return place.disk.sync_folder(place.folder);
}

// Its records, then its victims twice: as those of the list, and in the worklist.
std::int64_t steps_of(const List& list) { return list.records + 2 * list.victims; }

Status fill(const Place& place, List& list, const Reading& reading, const Attributor& attributor, const Keep& options, Time now) {
    const std::span<const Record> records{reading.records};
    std::vector<Row> rows;
    std::vector<Sighted> sighted;
    sighted.reserve(records.size());
    Owners owners;
    for (std::size_t at = 0; at < records.size(); at += kBatch) {
        const auto piece = records.subspan(at, std::min(kBatch, records.size() - at));
        attribute(piece, list.letter, now, attributor, rows);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            rows[i].number = static_cast<std::int64_t>(at + i + 1);
            ++count_of(list.attributed, rows[i].kind);
            if (rows[i].organisation) owners.try_emplace(rows[i].fact, Owner{rows[i].organisation->text(), rows[i].system, rows[i].level});
            sighted.push_back({victim_key(rows[i].record), rows[i].number, rows[i].organisation ? rows[i].fact : 0});
        }
        list.done += static_cast<std::int64_t>(piece.size());
        TRY(place.state.write([&](store::Transaction& tx) -> Status {
            TRY(insert_rows(tx, list, rows));
            TRY(tx.run("update victim_list set done = :d where id = :l", {list.done, list.id.text()}));
            return {};
        }));
        if (options.progress) TRY(options.progress(list.done, steps_of(list)));
    }
    const std::span<const RowView> refused{reading.rejected_rows};
    for (std::size_t at = 0; at < refused.size(); at += kBatch)
        TRY(place.state.write([&](store::Transaction& tx) { return insert_rejected(tx, list.id, static_cast<std::int64_t>(at + 1), refused.subspan(at, std::min(kBatch, refused.size() - at))); }));
    return put_victims(place.state, list, std::move(sighted), owners, [&](const std::vector<std::int64_t>& numbers) -> Result<std::vector<Record>> {
        std::vector<Record> some;
        for (const std::int64_t number : numbers) some.push_back(records[static_cast<std::size_t>(number - 1)]);
        return some;
    }, [&](std::int64_t placed) { return options.progress ? options.progress(list.records + std::min(placed, list.victims), steps_of(list)) : Status{}; });
}

json::Value told(const List& list) {
    return json::object({{"name", list.name}, {"sha256", list.sha256}, {"issuer", list.letter.issuer}, {"number", list.letter.number}, {"series", list.series}, {"read", list.read}, {"accepted", list.accepted},
                         {"duplicate", list.duplicate}, {"rejected", list.rejected}, {"same_as", list.same_as ? json::Value{list.same_as->text()} : json::Value{}}});
}

}  // namespace

Time asked_at(const Record& record, const Letter& letter, Time now) {
    if (record.seen) return *record.seen;
    if (record.first_seen) return *record.first_seen;
    return letter_time(letter).value_or(now);
}

std::string hash_of(std::span<const Record> records) {
    std::vector<std::string> lines;
    lines.reserve(records.size());
    for (const Record& one : records)
        lines.push_back(format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", subject_of(one), one.port.value_or(0), one.seen.value_or(Time{}).micros, one.first_seen.value_or(Time{}).micros, key_of(one.family), one.c2,
                               one.c2_port.value_or(0), one.destination, one.destination_port.value_or(0)));
    std::sort(lines.begin(), lines.end());
    Sha256Stream hash;
    for (const std::string& line : lines) hash.add(line);
    return to_hex(as_view(hash.finish()));
}

namespace {

void take(Row& row, Whose kind, std::int64_t fact, const OrganisationId& organisation, std::string_view system, const Attributor& attributor) {
    row.kind = kind;
    if (kind != Whose::owner && kind != Whose::conflict) return;
    row.fact = fact;
    if (kind == Whose::conflict) return;
    row.organisation = organisation;
    row.system = system;
    if (attributor.level) row.level = attributor.level(organisation, system);
}

// The host of a victim that is a name or a page.
std::string_view name_of_victim(const Record& record) { return record.host.empty() ? detect::indicator::host_of_url(record.url) : std::string_view{record.host}; }

}  // namespace

void attribute(std::span<const Record> records, const Letter& letter, Time now, const Attributor& attributor, std::vector<Row>& rows) {
    rows.assign(records.size(), {});
    std::vector<directory::Ask> asks;
    std::vector<std::size_t> whose;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const Record& record = records[i];
        rows[i].record = record;
        std::optional<Address> address = record.address;
        if (!address) {
            const std::string_view name = name_of_victim(record);
            address = parse_address(name.starts_with('[') && name.ends_with(']') ? name.substr(1, name.size() - 2) : name);  // a page on an address
            if (!address && attributor.names && !name.empty()) {
                const directory::NameAnswer answer = attributor.names->of(name, asked_at(record, letter, now));
                take(rows[i], answer.kind, answer.number, answer.organisation, answer.system, attributor);
            }
        }
        if (!address || !attributor.claims) continue;
        asks.push_back({.address = *address, .port = record.address ? record.port : std::nullopt, .time = asked_at(record, letter, now)});
        whose.push_back(i);
    }
    std::vector<directory::Answer> answers(asks.size());
    if (!asks.empty()) attributor.claims->of(asks, answers);
    for (std::size_t i = 0; i < asks.size(); ++i) {
        Row& row = rows[whose[i]];
        const bool claimed = answers[i].kind == Whose::owner || answers[i].kind == Whose::conflict;
        const directory::Claim claim = claimed ? attributor.claims->claim(answers[i].claim) : directory::Claim{};
        take(row, answers[i].kind, claim.number, claim.organisation, claim.system, attributor);
    }
    // That an address lies in somebody's autonomous system is told, and makes nobody its owner.
    if (!attributor.names || attributor.names->size() == 0) return;
    for (Row& row : rows)
        if (row.kind == Whose::gap && row.record.asn)
            if (const directory::NameAnswer answer = attributor.names->of_system(*row.record.asn, asked_at(row.record, letter, now)); answer.kind == Whose::owner) row.fact = answer.number;
}

std::string series_of(const Reading& reading) {
    std::string series{reading.letter.issuer};
    if (!reading.profile.empty()) series += (series.empty() ? "" : " ") + reading.profile;
    return series.empty() ? "-" : series;
}

Time place_in_series(const Reading& reading, Time now) {
    if (const auto dated = letter_time(reading.letter)) return *dated;
    std::optional<Time> last;
    for (const Record& record : reading.records)
        for (const auto& time : {record.seen, record.first_seen})
            if (time) last = last ? std::max(*last, *time) : *time;
    return last.value_or(now);
}

Result<std::optional<List>> known_as(store::Transaction& tx, const Reading& reading, std::string_view content, Time now) {
    if (reading.records.empty()) return std::nullopt;
    const bool timed = std::any_of(reading.records.begin(), reading.records.end(), [](const Record& one) { return one.seen || one.first_seen; });
    const auto found = TRY(heads(tx, "where v.content = :c and v.same_as = '' and v.staged = 0 order by v.id desc", {content}));
    const Time place = letter_time(reading.letter).value_or(now);
    for (const List& list : found) {
        const bool same_number = !list.letter.number.empty() && fold(list.letter.number) == fold(reading.letter.number);
        const Span apart = place < list.place ? list.place - place : place - list.place;
        if (timed || same_number || apart <= kSameLetter) return std::optional{list};
    }
    return std::nullopt;
}

Result<List> keep(const Place& place, const ListId& id, std::string_view name, std::string_view bytes, const Reading& reading, const Attributor& attributor, const Keep& options, const access::Actor& actor, Time now) {
    if (!reading.questions.empty()) {
        std::string open;
        for (const Question& question : reading.questions) open += (open.empty() ? "" : ", ") + question.about;
        return fail(Code::conflict, format("questions about the list are open: {}", open));
    }
    if (bytes.size() > kMostFile) return fail(Code::too_large, format("a list has at most {} MiB", kMostFile >> 20));
    List list = head_of(id, name, bytes, reading, options, actor, now);
    TRY_IN("the original: ", keep_original(place, list.sha256, bytes));
    TRY(place.state.write([&](store::Transaction& tx) -> Status {
        list.same_as.reset();
        list.staged = true;
        const auto known = options.own ? std::nullopt : TRY(known_as(tx, reading, list.content, now));
        if (!known) return insert_head(tx, list);
        list.same_as = known->id;
        list.series = known->series;
        list.staged = false;
        list.done = list.records;
        list.attributed = known->attributed;
        TRY(insert_head(tx, list));
        return note(tx, "list:import", list, actor, now, told(list));
    }));
    if (list.same_as) return list;
    const auto finish = [&]() -> Status {
        TRY(fill(place, list, reading, attributor, options, now));
        TRY(count_organisations(place.state, list.id));
        const auto [previous, last] = TRY(place.state.read([&](store::Transaction& tx) -> Result<std::pair<std::optional<List>, bool>> {
            auto before = TRY(previous_of(tx, list.series, list.place, list.id));
            const auto later = TRY((tx.first<std::string>("select id from victim_list where series = :s and same_as = '' and staged = 0 and (place, id) > (:p, :i) limit 1", {list.series, list.place.micros, list.id.text()})));
            return std::pair{std::move(before), !later.has_value()};
        }));
        const bool is_last = last;
        if (is_last) TRY(place_hits(place.state, list, previous ? std::optional{previous->id} : std::nullopt, [&](std::int64_t placed) { return options.progress ? options.progress(list.records + list.victims + std::min(placed, list.victims), steps_of(list)) : Status{}; }));
        TRY(place.state.write([&](store::Transaction& tx) -> Status {
            TRY(tx.run("update victim_list set staged = 0, owners = :a, conflicts = :b, gaps = :c, nobodies = :d where id = :l",
                       {list.attributed.owner, list.attributed.conflict, list.attributed.gap, list.attributed.nobody, list.id.text()}));
            if (is_last) TRY(tx.run("update list_series set latest = :l, coming = '' where series = :s", {list.id.text(), list.series}));
            if (options.seen) TRY(options.seen(tx, list));
            return note(tx, "list:import", list, actor, now, told(list));
        }));
        list.staged = false;
        return is_last ? Status{} : rebuild_hits(place.state, list.series);
    };
    if (const Status finished = finish(); !finished) {
        // What could not be undone here is undone at the next start.
        if (list.staged)
            if (const Status removed = remove_staged(place, list); !removed) return fail(finished.error().code, format("{}; and what stood of the list could not be removed yet: {}", finished.error().text, removed.error().text));
        return fail(finished.error());
    }
    return list;
}

Status recover(const Place& place) {
    const auto staged = TRY(place.state.read([](store::Transaction& tx) { return heads(tx, "where v.staged = 1 order by v.id", {}); }));
    for (const List& list : staged) TRY(remove_staged(place, list));
    // Lists that were kept by requests which did not come to telling of them.
    TRY(place.state.write([](store::Transaction& tx) -> Status {
        TRY(tx.run("update list_job set state = 'waiting' where state = 'held'"));
        return {};
    }));
    // A worklist that was being made when the node went down.
    const auto open = TRY(place.state.read([](store::Transaction& tx) { return tx.query<std::string, std::string>("select series, coming from list_series where coming <> ''"); }));
    for (const auto& [series, coming] : open) {
        if (coming.starts_with(kAttributing)) {
            const ListId id = TRY(ListId::parse(std::string_view{coming}.substr(kAttributing.size())));
            const List list = TRY(place.state.read([&](store::Transaction& tx) { return find(tx, access::Scope::node(), id); }));
            TRY(count_organisations(place.state, list.id));
            TRY(rebuild_victims(place.state, list));
        }
        TRY(rebuild_hits(place.state, series));
    }
    return {};
}

Result<std::string> original(const Place& place, const List& list) {
    std::string bytes = TRY(store::read_whole(place.disk, original_path(place, list.sha256), kMostFile));
    if (sha256_hex(bytes) != list.sha256) return fail(Code::corrupt, format("the original of {} is not what was kept: its hash is another", list.name));
    return bytes;
}

Result<std::vector<std::string>> check_originals(const Place& place, std::int64_t& checked) {
    std::vector<std::string> wrong;
    checked = 0;
    std::string after;
    for (;;) {
        const auto some = TRY(place.state.read([&](store::Transaction& tx) { return heads(tx, "where v.staged = 0 and v.id > :a order by v.id limit 100", {after}); }));
        if (some.empty()) return wrong;
        for (const List& list : some) {
            ++checked;
            if (const auto bytes = original(place, list); !bytes) wrong.push_back(format("{} (list {}): {}", list.name, list.id.text(), bytes.error().text));
        }
        after = some.back().id.text();
    }
}

}  // namespace vg::lists
