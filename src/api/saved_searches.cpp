// Searches that people keep: for themselves, or shared with everyone of their organisation and above.
#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/search_ask.h"
#include "base/cursor.h"
#include "base/text.h"
#include "store/audit.h"

namespace vg::api::of_saved_searches {

namespace {

struct SavedSearchTag;
using SavedSearchId = Id<SavedSearchTag>;

constexpr std::int64_t kMostEach = 500;  // saved searches of one account

constexpr NamedSchema kSchemas[] = {
    {"SavedSearch", R"({"type":"object","required":["id","name","q","range","shared","own","author","organisation","created"],"properties":{"id":{"type":"string","format":"uuid"},"name":{"type":"string"},
    "q":{"type":"string"},"range":{"type":"string","description":"as the console writes it: 24h, or two times"},"shared":{"type":"boolean","description":"with all who see its organisation"},
    "own":{"type":"boolean","description":"of the account that asks"},"author":{"type":"string"},"organisation":{"type":"string","format":"uuid"},"created":{"type":"string","format":"date-time"}},"additionalProperties":false})"}};

struct Saved {
    SavedSearchId id;
    OrganisationId organisation;
    std::string account, author, name, sort_name, text, range;
    bool shared = false;
    Time created;
};

// Rows that the condition leaves, in order of name.
Result<std::vector<Saved>> saved_where(store::Transaction& tx, const std::string& condition, const store::Params& params) {
    const auto rows = TRY((tx.query<std::string, std::string, std::string, std::string, std::string, std::string, std::string, std::string, std::int64_t, std::int64_t>(
        "select id, organisation, account, author, name, sort_name, query, time_range, shared, created from saved_search where " + condition, params)));
    std::vector<Saved> out;
    for (const auto& [id, organisation, account, author, name, sort_name, text, range, shared, created] : rows)
        out.push_back({TRY(SavedSearchId::parse(id)), TRY(OrganisationId::parse(organisation)), account, author, name, sort_name, text, range, shared != 0, Time{created}});
    return out;
}

json::Value to_json(const Saved& saved, const std::string& account) {
    return json::object({{"id", saved.id.text()}, {"name", saved.name}, {"q", saved.text}, {"range", saved.range}, {"shared", saved.shared}, {"own", saved.account == account},
                         {"author", saved.author}, {"organisation", saved.organisation.text()}, {"created", time_value(saved.created)}});
}

// A query that names a person is for those who may see persons.
bool may_see(const access::Actor& actor, const Saved& saved, const std::string& account) {
    if (saved.account == account) return true;
    if (!saved.shared) return false;
    if (actor.may("personal:reveal")) return true;
    const auto query = search::parse(saved.text);
    return query && !asks_for_personal(*query);
}

Result<net::Response> list_all(Ask& ask) {
    return list(ask, [](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const std::string account = account_of(actor);
        std::vector<std::string> key{"", ""};
        if (after) key = TRY(from_cursor("saved-search", 2, *after));
        ListPage page;
        for (bool more = true; more && !page.next;) {
            store::Params params{account, key[0], key[0], key[1]};
            const std::string scope = actor.scope.condition("organisation", params);
            params.emplace_back(static_cast<std::int64_t>(limit + 1));
            const auto found = TRY(context.state.read([&](store::Transaction& tx) {
                return saved_where(tx, "(account = :account or shared = 1) and (sort_name > :s or (sort_name = :s2 and id > :i))" + scope + " order by sort_name, id limit :n", params);
            }));
            more = found.size() > limit;
            for (const Saved& saved : found) {
                if (page.items.size() == limit) {
                    page.next = to_cursor("saved-search", key);
                    break;
                }
                key = {saved.sort_name, saved.id.text()};
                if (may_see(actor, saved, account)) page.items.push_back(to_json(saved, account));
            }
        }
        return page;
    });
}

Result<net::Response> add(Ask& ask) {
    Saved saved{.id = make_id<SavedSearchTag>(ask.context.clock.now(), ask.context.random), .account = account_of(ask.actor), .author = ask.actor.name, .name = nfc(ask.body.text("name").value_or("")),
                .text = ask.body.text("q").value_or(""), .range = ask.body.text("range").value_or(""), .shared = ask.body.boolean("shared").value_or(false), .created = ask.context.clock.now()};
    if (trim(saved.name).empty()) return fail(Code::bad_input, "field name: is empty");
    saved.sort_name = shorten(fold(saved.name), 200);
    auto query = search::parse(saved.text);
    if (!query) return query_problem(400, Code::bad_input, query.error());
    const auto wanted = TRY(id_member<OrganisationTag>(ask.body, "organisation"));
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        saved.organisation = TRY(organisation_for(ask, tx, wanted));
        const auto own = TRY((tx.first<std::int64_t>("select count(*) from saved_search where account = :a", {saved.account})));
        if (own && std::get<0>(*own) >= kMostEach) return fail(Code::too_large, format("this account has {} saved searches; delete some first", kMostEach));
        TRY(tx.run("insert into saved_search (id, organisation, account, author, name, sort_name, query, time_range, shared, created) values (:i, :o, :a, :u, :n, :s, :q, :r, :h, :c)",
                   {saved.id.text(), saved.organisation.text(), saved.account, saved.author, saved.name, saved.sort_name, saved.text, saved.range, saved.shared, saved.created.micros}));
        if (!saved.shared) return {};
        return store::audit::append(tx, {.time = saved.created, .actor = ask.actor.name, .action = "saved-search:share", .object = "saved-search/" + saved.id.text(),
                                         .organisation = saved.organisation, .details = json::object({{"name", saved.name}})});
    }));
    return json_answer(201, to_json(saved, saved.account));
}

// One's own, or a shared one of an organisation that one sees.
Result<net::Response> remove(Ask& ask) {
    const auto id = TRY(ask.id<SavedSearchTag>());
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        store::Params params{id.text()};
        const std::string scope = ask.actor.scope.condition("organisation", params);
        const auto found = TRY(saved_where(tx, "id = :i" + scope, params));
        if (found.empty() || !may_see(ask.actor, found.front(), account_of(ask.actor))) return fail(Code::not_found, "there is no such saved search");
        const Saved& saved = found.front();
        TRY(tx.run("delete from saved_search where id = :i", {id.text()}));
        if (!saved.shared) return {};
        return store::audit::append(tx, {.time = ask.context.clock.now(), .actor = ask.actor.name, .action = "saved-search:delete", .object = "saved-search/" + id.text(),
                                         .organisation = saved.organisation, .details = json::object({{"name", saved.name}, {"author", saved.author}})});
    }));
    return no_content();
}

constexpr std::string_view kSave = R"({"type":"object","required":["name","q"],"additionalProperties":false,"properties":{"name":{"type":"string","minLength":1,"maxLength":100},
    "q":{"type":"string","maxLength":8192},"range":{"type":"string","maxLength":100,"description":"as the console writes it: 24h, or two times"},"shared":{"type":"boolean","description":"with all who see the organisation"},
    "organisation":{"type":"string","format":"uuid","description":"one's own without"}},"examples":[{"name":"{marker}","q":"","range":"24h","shared":true,"organisation":"{organisation}"}]})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/saved-searches", .permission = "saved-search:read",
     .summary = "Lists one's own saved searches and those that were shared.", .response_schema = "SavedSearch[]", .parameters = kListParameters, .answer = list_all},
    {.method = "POST", .pattern = "/api/v1/saved-searches", .permission = "saved-search:write",
     .summary = "Saves a search, for oneself or shared.", .request_schema = kSave, .response_schema = "SavedSearch", .status = 201, .answer = add},
    {.method = "DELETE", .pattern = "/api/v1/saved-searches/{id}", .permission = "saved-search:write",
     .summary = "Deletes a saved search of one's own, or a shared one.", .status = 204, .answer = remove},
};

}  // namespace

extern const Resource saved_searches{.name = "saved-searches", .about = "Searches that people keep and share.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_saved_searches
