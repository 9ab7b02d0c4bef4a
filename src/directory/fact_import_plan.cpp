#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "directory/fact_import.h"
#include "directory/fact_kinds.h"
#include "directory/organisation_names.h"

namespace vg::directory {

namespace {

constexpr std::size_t kMostOfOne = 1'000;  // rows about one subject, which are all compared

// What a row or a fact says about its subject.
struct Said {
    std::size_t line = 0;
    Time from;
    std::optional<Time> until;
    std::uint64_t body = 0;
};
Said said(const Fact& fact, std::size_t line = 0) { return {line, fact.from, fact.until, hash64(fact.body.dump())}; }

bool overlap(const Said& a, const Said& b) { return (!a.until || b.from < *a.until) && (!b.until || a.from < *b.until); }
// `b` says nothing that `a` does not.
bool says_it(const Said& a, const Said& b) { return a.body == b.body && a.until == b.until && a.from <= b.from; }

class ImportPlanner {
public:
    ImportPlanner(store::Transaction& tx, const access::Actor& actor, const FactImportOptions& options, Time now, Random& random, OrganisationNames names, Settling settling, std::int64_t number)
        : tx_(tx), actor_(actor), options_(options), now_(now), random_(random), names_(std::move(names)), settling_(std::move(settling)), number_(number) {}

    Status take(const FactReading& reading) {
        out_.read = reading.read();
        for (const RefusedRow& row : reading.refused) refuse(row.line, row.reason);
        for (const FactRow& row : reading.rows) {
            const Status placed = place(row);
            if (placed) continue;
            if (placed.error().code == Code::unavailable || placed.error().code == Code::internal || placed.error().code == Code::corrupt) return placed;
            refuse(row.line, placed.error().text);
        }
        std::sort(out_.reasons.begin(), out_.reasons.end(), [](const RefusedRow& a, const RefusedRow& b) { return a.line < b.line; });
        return {};
    }
    FactImport done() { return std::move(out_); }

private:
    void refuse(std::size_t line, std::string reason) {
        ++out_.refused;
        if (out_.reasons.size() < kMostReasons) out_.reasons.push_back({line, std::move(reason)});
    }

    Result<OrganisationId> organisation_of(const FactRow& row) {
        if (row.organisation.empty()) {
            if (!options_.organisation) return fail(Code::bad_input, "field organisation: the row does not tell whose it is");
            return names_.find(options_.organisation->text());
        }
        auto found = names_.find(row.organisation);
        if (found || found.error().code != Code::not_found || !options_.create_organisations || OrganisationId::parse(row.organisation)) return found;
        Organisation made{.id = make_id<OrganisationTag>(now_, random_), .name = nfc(trim(row.organisation)), .parent = options_.below, .created = now_, .ended = {}};
        TRY(check_text("organisation", made.name, 200));
        names_.add(made.id, made.name);
        made_.insert(made.id);
        out_.organisations.push_back(made);
        return made.id;
    }

    // Other organisations stand in the body by their names.
    Status resolve_links(FactDraft& draft) {
        const FactKind* kind = fact_kind(draft.kind);
        if (kind == nullptr) return fail(Code::bad_input, "field kind: is no kind of fact");
        for (const FactField& field : kind->fields) {
            if (field.form != FieldForm::organisation) continue;
            const auto named = draft.body.text(field.name);
            if (!named || trim(*named).empty()) continue;
            const std::string fact = format("field {}: ", field.name);
            const OrganisationId id = TRY_IN(fact, names_.find(*named));
            if (id == draft.organisation && field.required) return fail(Code::bad_input, "field organisation: an organisation is not its own parent or successor");
            draft.body.set(field.name, id.text());
        }
        return {};
    }

    Status place(const FactRow& row) {
        FactDraft draft = row.draft;
        draft.organisation = TRY_IN("field organisation: ", organisation_of(row));
        TRY(resolve_links(draft));
        Fact fact = TRY(Facts::make(actor_, settling_, draft, now_));
        const std::string key = format("{}\n{}\n{}", fact.kind, fact.organisation.text(), fact.subject);
        const Said here = said(fact, row.line);
        std::vector<Said>& earlier = said_[key];
        for (const Said& other : earlier) {
            if (says_it(other, here)) {
                ++out_.same;
                return {};
            }
            if (overlap(other, here)) return fail(Code::conflict, format("line {} says something else about the same for that time", other.line));
        }
        if (earlier.size() >= kMostOfOne) return fail(Code::too_large, format("more than {} rows are about the same", kMostOfOne));
        earlier.push_back(here);
        std::vector<Fact> standing;
        if (!made_.contains(fact.organisation)) standing = TRY(Facts::standing(tx_, fact.kind, fact.organisation, fact.sort, fact.subject));
        if (std::any_of(standing.begin(), standing.end(), [&](const Fact& one) { return says_it(said(one), here); })) {
            ++out_.same;
            return {};
        }
        fact.number = number_++;
        std::erase_if(standing, [&](const Fact& one) { return !overlap(said(one), here); });
        if (std::any_of(standing.begin(), standing.end(), [&](const Fact& old) { return old.state == FactState::approved && !settling_.may_end(old); })) Facts::propose_only(fact);
        for (const Fact& old : standing) {
            fact.replaces = old.number;  // the latest of them
            if (fact.state == FactState::approved && retired_.insert(old.number).second) out_.plan.push_back(Facts::retire(old, fact.from, format("replaced by fact {}", fact.number)));
        }
        ++(standing.empty() ? out_.added : out_.changed);
        if (!standing.empty() && out_.changes.size() < kMostChanges) out_.changes.push_back({row.line, standing.back().number, standing.back(), fact});
        const std::string_view action = fact.state == FactState::approved ? "fact:add" : "fact:propose";
        out_.proposed += fact.state == FactState::approved ? 0 : 1;
        out_.plan.push_back({.now = std::move(fact), .before = {}, .action = action});
        return {};
    }

    store::Transaction& tx_;
    const access::Actor& actor_;
    const FactImportOptions& options_;
    const Time now_;
    Random& random_;
    OrganisationNames names_;
    const Settling settling_;
    std::int64_t number_;
    FactImport out_;
    std::unordered_map<std::string, std::vector<Said>> said_;  // by the rows before
    std::unordered_set<std::int64_t> retired_;
    std::set<OrganisationId> made_;
};

}  // namespace

Result<FactImport> plan_import(store::Transaction& tx, const access::Actor& actor, const FactReading& reading, const FactImportOptions& options, Time now, Random& random) {
    OrganisationNames names = TRY(OrganisationNames::load(tx, actor.scope));
    Settling settling = TRY(Settling::read(tx, actor));
    const std::int64_t number = TRY(Facts::next_number(tx));
    ImportPlanner planner{tx, actor, options, now, random, std::move(names), std::move(settling), number};
    TRY(planner.take(reading));
    return planner.done();
}

}  // namespace vg::directory
