// list_victim: who a list names, each once for each organisation. Written in the order of the victims' hashes, so that a thousand of
// them touch few pages of every index, however many are there already.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "lists/tables.h"
#include "lists/worklist.h"
#include "store/many.h"

namespace vg::lists {

namespace {

constexpr std::size_t kMostRecords = 5'000;  // looked at for one transaction

// One row of list_victim.
struct Named {
    std::string victim, organisation, system, subject, family, province;
    int level = 0, severity = 0;
    std::int64_t fact = 0, first_seen = 0, last_seen = 0;
    std::int64_t port = 0;  // when it was seen last
};

void see(Named& named, const Record& record, Time otherwise) {
    const Time first = record.first_seen.value_or(record.seen.value_or(otherwise)), last = record.seen.value_or(record.first_seen.value_or(otherwise));
    named.first_seen = named.subject.empty() ? first.micros : std::min(named.first_seen, first.micros);
    if (named.subject.empty() || last.micros >= named.last_seen) named.port = record.port.value_or(0);
    named.last_seen = named.subject.empty() ? last.micros : std::max(named.last_seen, last.micros);
    if (named.subject.empty()) named.subject = subject_of(record), named.family = record.family;
    if (named.province.empty()) named.province = record.province;
    named.severity = std::max(named.severity, severity_of(record.level));
}

Status insert_victims(store::Transaction& tx, const List& list, std::int64_t number, std::span<const Named> all) {
    constexpr std::string_view kColumnsOfVictim = "list, number, victim, hit, organisation, subject, port, family, family_key, province, system, level, severity, fact, first_seen, last_seen";
    store::Many many{format("insert into list_victim ({}) values ", kColumnsOfVictim), 16};
    const std::string id = list.id.text();
    for (const Named& named : all)
        many.add({id, number++, named.victim, hit_of(list.series, named.organisation, named.victim), named.organisation, named.subject, named.port, named.family, key_of(named.family), named.province, named.system, std::int64_t{named.level},
                  std::int64_t{named.severity}, named.fact, named.first_seen, named.last_seen});
    TRY(many.run(tx));
    return {};
}

}  // namespace

Status remove_numbered(store::State& state, std::string_view table, const ListId& id) {
    for (std::int64_t from = 0;; from += static_cast<std::int64_t>(kBatch)) {
        bool more = false;
        TRY(state.write([&](store::Transaction& tx) -> Status {
            TRY(tx.run(format("delete from {} where list = :l and number >= :a and number < :b", table), {id.text(), from, from + static_cast<std::int64_t>(kBatch)}));
            more = TRY((tx.first<std::int64_t>(format("select number from {} where list = :l limit 1", table), {id.text()}))).has_value();
            return {};
        }));
        if (!more) return {};
    }
}

Status put_victims(store::State& state, const List& list, std::vector<Sighted> sighted, const Owners& owners, const RecordsOf& records, const std::function<Status(std::int64_t placed)>& placed) {
    const std::string nobody;
    const auto organisation_by = [&](std::int64_t fact) -> const std::string& {
        const auto known = owners.find(fact);
        return known == owners.end() ? nobody : known->second.organisation;
    };
    std::sort(sighted.begin(), sighted.end(), [&](const Sighted& a, const Sighted& b) {
        if (a.victim != b.victim) return a.victim < b.victim;
        if (a.fact != b.fact)
            if (const int order = organisation_by(a.fact).compare(organisation_by(b.fact)); order != 0) return order < 0;
        return a.number < b.number;
    });
    std::int64_t number = 1;
    for (std::size_t at = 0; at < sighted.size();) {
        std::vector<Named> some;
        std::vector<std::int64_t> numbers;
        std::vector<std::size_t> whose;
        for (; at < sighted.size(); ++at) {
            const Sighted& one = sighted[at];
            const std::string& organisation = organisation_by(one.fact);
            if (some.empty() || some.back().victim != one.victim || some.back().organisation != organisation) {
                if (some.size() == kBatch || numbers.size() >= kMostRecords) break;
                Named named{.victim = one.victim, .organisation = organisation, .fact = one.fact};
                if (const auto owner = owners.find(one.fact); owner != owners.end()) named.system = owner->second.system, named.level = owner->second.level;
                some.push_back(std::move(named));
            }
            numbers.push_back(one.number);
            whose.push_back(some.size() - 1);
        }
        const auto found = TRY(records(numbers));
        for (std::size_t i = 0; i < found.size(); ++i) see(some[whose[i]], found[i], list.place);
        TRY(state.write([&](store::Transaction& tx) { return insert_victims(tx, list, number, some); }));
        number += static_cast<std::int64_t>(some.size());
        if (placed) TRY(placed(number - 1));
    }
    return {};
}

Status rebuild_victims(store::State& state, const List& list) {
    TRY(remove_numbered(state, "list_victim", list.id));
    std::vector<Sighted> sighted;
    Owners owners;
    for (std::int64_t after = 0;;) {
        const auto page = TRY(state.read([&](store::Transaction& tx) { return rows(tx, access::Scope::node(), list.id, {}, after, kBatch); }));
        if (page.empty()) break;
        after = page.back().number;
        for (const Row& row : page) {
            if (row.organisation) owners.try_emplace(row.fact, Owner{row.organisation->text(), row.system, row.level});
            sighted.push_back({victim_key(row.record), row.number, row.organisation ? row.fact : 0});
        }
    }
    return put_victims(state, list, std::move(sighted), owners, [&](const std::vector<std::int64_t>& numbers) {
        return state.read([&](store::Transaction& tx) -> Result<std::vector<Record>> {
            std::vector<Record> found;
            for (const std::int64_t number : numbers) {
                auto one = TRY(read_rows(tx, "where list = :l and number = :n", {list.id.text(), number}));
                if (one.empty()) return fail(Code::corrupt, "a row of a list is missing");
                found.push_back(std::move(one.front().record));
            }
            return found;
        });
    });
}

}  // namespace vg::lists
