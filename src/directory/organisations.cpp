#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "base/cursor.h"
#include "base/text.h"
#include "directory/directory.h"
#include "directory/rows.h"
#include "store/audit.h"

namespace vg::directory {

namespace {

constexpr std::size_t kMostNameCharacters = 200;
constexpr std::size_t kMostDepth = 32;  // of organisations above one another: a nation needs about 6

std::size_t characters(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    return count;
}

Status check_name(std::string_view name) {
    if (!is_utf8(name)) return fail(Code::bad_input, "field name: is not UTF-8");
    if (name.empty() || name.size() > kMostNameCharacters * 4 || characters(name) > kMostNameCharacters)
        return fail(Code::bad_input, format("field name: must have 1 to {} characters", kMostNameCharacters));
    if (!is_nfc(name)) return fail(Code::bad_input, "field name: must be in Unicode normal form C");
    if (trim(name) != name) return fail(Code::bad_input, "field name: must not begin or end with a space");
    for (const char c : name)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return fail(Code::bad_input, "field name: must not hold control characters");
    return {};
}

// Lists are in the order of the folded name, so that Vietnamese letters stand beside their base letters.
std::string sort_key(std::string_view name) { return shorten(fold(name), 900); }

json::Value described(const Organisation& organisation) {
    return json::object({{"name", organisation.name},
                         {"parent", organisation.parent ? json::Value{organisation.parent->text()} : json::Value{}},
                         {"ended", organisation.ended.has_value()}});
}

Status note(store::Transaction& tx, std::string_view actor, std::string_view action, const Organisation& organisation, Time now, json::Value details) {
    return store::audit::append(tx, {.time = now,
                                     .actor = std::string{actor},
                                     .action = std::string{action},
                                     .object = "organisation/" + organisation.id.text(),
                                     .organisation = organisation.id,
                                     .details = std::move(details)});
}

Status insert(store::Transaction& tx, std::string_view actor, const Organisation& organisation) {
    TRY(check_name(organisation.name));
    if (organisation.id.is_nil()) return fail(Code::bad_input, "field id: an organisation has an id");
    const std::int64_t added = TRY(tx.run("insert into organisation (id, name, sort, parent, created, ended, version) values (:a, :b, :c, :d, :e, null, 1) "
                                          "on conflict (id) do nothing",
                                          {organisation.id.text(), organisation.name, sort_key(organisation.name),
                                           organisation.parent ? store::Param{organisation.parent->text()} : store::Param{nullptr}, organisation.created.micros}));
    if (added == 0) return fail(Code::conflict, "field id: an organisation of this id exists already");
    return note(tx, actor, "organisation:add", organisation, organisation.created, json::object({{"after", described(organisation)}}));
}

// The tree stays a tree: a parent stands already, so a new organisation cannot be above it, and the way up is bounded.
Status check_depth(store::Transaction& tx, const Organisation& parent) {
    Organisation above = parent;
    for (std::size_t levels = 2; above.parent; ++levels) {  // the new one and its parent are two
        if (levels >= kMostDepth) return fail(Code::too_large, format("field parent: organisations stand at most {} deep", kMostDepth));
        above = TRY(Directory::find(tx, access::Scope::node(), *above.parent));
    }
    return {};
}

std::tuple<store::Params, std::string> scoped(const access::Scope& scope, store::Params params, std::string_view column) {
    std::string condition = scope.condition(column, params);
    return {std::move(params), std::move(condition)};
}

Status update(store::Transaction& tx, const Organisation& organisation) {
    const std::int64_t changed = TRY(tx.run("update organisation set name = :a, sort = :b, ended = :c, version = version + 1 where id = :d and version = :e",
                                            {organisation.name, sort_key(organisation.name),
                                             organisation.ended ? store::Param{organisation.ended->micros} : store::Param{nullptr}, organisation.id.text(),
                                             organisation.version}));
    return changed == 1 ? Status{} : fail(Code::conflict, "the organisation was changed meanwhile; read it again");
}

}  // namespace

Result<std::vector<Organisation>> organisations(store::Transaction& tx, std::string_view rest, const store::Params& params) {
    using Int = std::int64_t;
    std::vector<Organisation> found;
    const std::string sql = "select id, name, parent, created, ended, version from organisation " + std::string{rest};
    for (auto& [id, name, parent, created, ended, version] :
         TRY((tx.query<std::string, std::string, std::optional<std::string>, Int, std::optional<Int>, Int>(sql, params)))) {
        Organisation& organisation = found.emplace_back();
        organisation.id = TRY(OrganisationId::parse(id));
        organisation.name = std::move(name);
        if (parent) organisation.parent = TRY(OrganisationId::parse(*parent));
        organisation.created = {created};
        if (ended) organisation.ended = Time{*ended};
        organisation.version = version;
    }
    return found;
}

Result<Organisation> live_organisation(store::Transaction& tx, const access::Scope& scope, const OrganisationId& id) {
    Organisation found = TRY(Directory::find(tx, scope, id));
    if (found.ended) return fail(Code::conflict, "the organisation has ended and takes nothing new");
    return found;
}

Status check_version(std::optional<std::int64_t> wanted, std::int64_t stored) {
    if (!wanted || *wanted == stored) return {};
    return fail(Code::conflict, format("it was changed meanwhile: its version is {}, not {}; read it again", stored, *wanted));
}

std::size_t page_size(std::size_t wanted) { return std::clamp<std::size_t>(wanted, 1, 1000); }

Result<Organisation> Directory::ensure_root(store::Transaction& tx, std::string_view name, const OrganisationId& id, Time now) {
    auto roots = TRY(organisations(tx, "where parent is null order by created, id limit 1", {}));
    if (!roots.empty()) return std::move(roots.front());
    const Organisation root{.id = id, .name = nfc(trim(name)), .parent = {}, .created = now, .ended = {}};
    TRY(insert(tx, "system", root));
    return root;
}

Status Directory::add(store::Transaction& tx, const access::Actor& actor, const Organisation& organisation) {
    if (organisation.parent) {
        const Organisation parent = TRY_IN("field parent: ", live_organisation(tx, actor.scope, *organisation.parent));
        TRY(check_depth(tx, parent));
    } else if (!actor.scope.sees_node()) {
        return fail(Code::bad_input, "field parent: is needed: only accounts of the node may add an organisation that hangs below none");
    }
    return insert(tx, actor.name, organisation);
}

Status Directory::rename(store::Transaction& tx, const access::Actor& actor, const OrganisationId& id, std::string_view name, std::optional<std::int64_t> version, Time now) {
    Organisation organisation = TRY(live_organisation(tx, actor.scope, id));
    TRY(check_version(version, organisation.version));
    TRY(check_name(name));
    json::Value before = described(organisation);
    organisation.name = name;
    TRY(update(tx, organisation));
    return note(tx, actor.name, "organisation:rename", organisation, now, json::object({{"before", std::move(before)}, {"after", described(organisation)}}));
}

// The organisations below must have ended before, so that nobody ends a ministry by one click; its own sources end with
// it, because it takes nothing new.
Status Directory::end(store::Transaction& tx, const access::Actor& actor, const OrganisationId& id, std::optional<std::int64_t> version, Time now) {
    Organisation organisation = TRY(live_organisation(tx, actor.scope, id));
    TRY(check_version(version, organisation.version));
    const auto below = TRY(organisations(tx, "where parent = :a and ended is null order by sort, id limit 1", {id.text()}));
    if (!below.empty()) return fail(Code::conflict, "organisations below it have not ended; end these first");
    if (!organisation.parent && TRY(organisations(tx, "where parent is null and ended is null limit 2", {})).size() < 2)
        return fail(Code::conflict, "it is the organisation that the node belongs to and cannot end");
    for (const Source& source : TRY(sources(tx, "where organisation = :a and ended is null order by name", {id.text()})))
        TRY(end(tx, actor, source.id, std::nullopt, now));
    json::Value before = described(organisation);
    organisation.ended = now;
    TRY(update(tx, organisation));
    return note(tx, actor.name, "organisation:end", organisation, now, json::object({{"before", std::move(before)}, {"after", described(organisation)}}));
}

Result<Organisation> Directory::find(store::Transaction& tx, const access::Scope& scope, const OrganisationId& id) {
    auto [params, condition] = scoped(scope, {id.text()}, "id");
    auto found = TRY(organisations(tx, "where id = :a" + condition, params));
    if (found.empty()) return fail(Code::not_found, "there is no such organisation");
    return std::move(found.front());
}

Result<OrganisationPage> Directory::list(store::Transaction& tx, const access::Scope& scope, const std::optional<std::string>& after, std::size_t limit) {
    store::Params params;
    std::string where = "where 1 = 1";
    if (after) {
        const auto key = TRY(from_cursor("organisation", 2, *after));
        where += " and (sort > :s or (sort = :t and id > :i))";
        params = {key[0], key[0], key[1]};
    }
    where += scope.condition("id", params) + " order by sort, id limit :n";
    const std::size_t size = page_size(limit);
    params.emplace_back(std::uint64_t{size + 1});
    OrganisationPage page{.items = TRY(organisations(tx, where, params)), .next = {}};
    if (page.items.size() > size) {
        page.items.resize(size);
        page.next = to_cursor("organisation", {sort_key(page.items.back().name), page.items.back().id.text()});
    }
    return page;
}

}  // namespace vg::directory
