#include "directory/organisation_names.h"

#include "base/text.h"
#include "directory/facts.h"
#include "directory/rows.h"

namespace vg::directory {

Result<OrganisationNames> OrganisationNames::load(store::Transaction& tx, const access::Scope& scope) {
    OrganisationNames names;
    store::Params params;
    const std::string where = "where 1 = 1" + scope.condition("id", params) + " order by id";
    const auto all = TRY(organisations(tx, where, params));
    for (const Organisation& one : all) {
        names.ended_[one.id] = one.ended.has_value();
        if (!one.ended) names.add(one.id, one.name);
    }
    const auto alive = [&](const OrganisationId& id) {
        const auto found = names.ended_.find(id);
        return found != names.ended_.end() && !found->second;
    };
    for (const std::string_view kind : {"identifier", "name"})
        for (std::int64_t after = 0;;) {
            const auto page = TRY(Facts::approved(tx, kind, after, 10'000));
            for (const Fact& fact : page) {
                after = fact.number;
                if (!alive(fact.organisation)) continue;
                if (kind == "identifier") {
                    names.identifiers_[fold(fact.body.text("value").value_or(""))].insert(fact.organisation);
                    continue;
                }
                for (const char* member : {"vi", "en"})
                    if (const auto text = fact.body.text(member)) names.add(fact.organisation, *text);
                if (const json::Value* old = fact.body.find("old"); old != nullptr && old->is_array())
                    for (const json::Value& text : old->as_array())
                        if (text.is_text()) names.add(fact.organisation, text.as_text());
            }
            if (page.size() < 10'000) break;
        }
    return names;
}

void OrganisationNames::add(const OrganisationId& id, std::string_view name) {
    ended_.emplace(id, false);
    exact_[nfc(trim(name))].insert(id);
    folded_[fold(nfc(trim(name)))].insert(id);
}

Result<OrganisationId> OrganisationNames::find(std::string_view named) const {
    const std::string text = nfc(trim(named));
    if (const auto id = OrganisationId::parse(text)) {
        const auto known = ended_.find(*id);
        if (known == ended_.end()) return fail(Code::not_found, "there is no such organisation");
        if (known->second) return fail(Code::conflict, "the organisation has ended and takes nothing new");
        return *id;
    }
    const auto among = [](const auto& map, const std::string& key) -> const Ids* {
        const auto found = map.find(key);
        return found == map.end() ? nullptr : &found->second;
    };
    const Ids* found = among(identifiers_, fold(text));
    if (found == nullptr) found = among(exact_, text);
    if (found == nullptr) found = among(folded_, fold(text));
    if (found == nullptr) return fail(Code::not_found, format("there is no organisation {}", shorten(text, 200)));
    if (found->size() > 1) return fail(Code::conflict, format("there are several organisations {}; name one by its id or identifier", shorten(text, 200)));
    return *found->begin();
}

}  // namespace vg::directory
