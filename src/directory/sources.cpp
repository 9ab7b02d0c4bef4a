#include <string>
#include <utility>

#include "base/cursor.h"
#include "base/text.h"
#include "base/time.h"
#include "directory/directory.h"
#include "directory/rows.h"
#include "store/audit.h"

namespace vg::directory {

namespace {

bool is_word(std::string_view text) {
    if (text.empty() || text.size() > 64) return false;
    for (const char c : text)
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-')) return false;
    return true;
}

// What a source says about its records; whether the format exists is known to the caller, who has the formats.
Status check_format_and_zone(const Source& source) {
    if (!source.format.empty() && !is_word(source.format)) return fail(Code::bad_input, "field format: is the name of a format: 1 to 64 of a-z, 0-9, '.', '_' and '-'");
    if (source.zone.size() > 64 || (!source.zone.empty() && !is_zone(source.zone)))
        return fail(Code::bad_input, "field zone: must be an IANA zone such as Asia/Ho_Chi_Minh");
    return {};
}

json::Value described(const Source& source) {
    return json::object({{"name", source.name},
                         {"organisation", source.organisation.text()},
                         {"format", source.format},
                         {"zone", source.zone},
                         {"ended", source.ended.has_value()}});
}

Status note(store::Transaction& tx, const access::Actor& actor, std::string_view action, const Source& source, Time now, json::Value details) {
    return store::audit::append(tx, {.time = now,
                                     .actor = actor.name,
                                     .action = std::string{action},
                                     .object = "source/" + source.id.text(),
                                     .organisation = source.organisation,
                                     .details = std::move(details)});
}

Status update(store::Transaction& tx, const Source& source) {
    const std::int64_t changed = TRY(tx.run("update source set format = :a, zone = :b, ended = :c, version = version + 1 where id = :d and version = :e",
                                            {source.format, source.zone, source.ended ? store::Param{source.ended->micros} : store::Param{nullptr},
                                             source.id.text(), source.version}));
    return changed == 1 ? Status{} : fail(Code::conflict, "the source was changed meanwhile; read it again");
}

Result<Source> live_source(store::Transaction& tx, const access::Scope& scope, const SourceId& id, std::optional<std::int64_t> version) {
    Source found = TRY(Directory::find_source(tx, scope, id));
    if (found.ended) return fail(Code::conflict, "the source has ended and is not changed any more");
    TRY(check_version(version, found.version));
    return found;
}

}  // namespace

Result<std::vector<Source>> sources(store::Transaction& tx, std::string_view rest, const store::Params& params) {
    using Int = std::int64_t;
    std::vector<Source> found;
    const std::string sql = "select id, name, organisation, format, zone, created, ended, version from source " + std::string{rest};
    for (auto& [id, name, organisation, format, zone, created, ended, version] :
         TRY((tx.query<std::string, std::string, std::string, std::string, std::string, Int, std::optional<Int>, Int>(sql, params)))) {
        Source& source = found.emplace_back();
        source.id = TRY(SourceId::parse(id));
        source.name = std::move(name);
        source.organisation = TRY(OrganisationId::parse(organisation));
        source.format = std::move(format);
        source.zone = std::move(zone);
        source.created = {created};
        if (ended) source.ended = Time{*ended};
        source.version = version;
    }
    return found;
}

// Names are unique on the node, ended ones included, because old records go by them. That a name is taken can therefore
// be found out by anyone who may add sources; whose it is, cannot.
Status Directory::add(store::Transaction& tx, const access::Actor& actor, const Source& source) {
    TRY_IN("field organisation: ", live_organisation(tx, actor.scope, source.organisation));
    if (source.id.is_nil()) return fail(Code::bad_input, "field id: a source has an id");
    if (!is_word(source.name)) return fail(Code::bad_input, "field name: must be 1 to 64 of a-z, 0-9, '.', '_' and '-'");
    TRY(check_format_and_zone(source));
    const auto taken = TRY((tx.first<std::int64_t>("select count(*) from source where name = :a or id = :b", {source.name, source.id.text()})));
    if (taken && std::get<0>(*taken) > 0) return fail(Code::conflict, "field name: this name is taken");
    TRY(tx.run("insert into source (id, name, organisation, format, zone, created, ended, version) values (:a, :b, :c, :d, :e, :f, null, 1)",
               {source.id.text(), source.name, source.organisation.text(), source.format, source.zone, source.created.micros}));
    return note(tx, actor, "source:add", source, source.created, json::object({{"after", described(source)}}));
}

Status Directory::change(store::Transaction& tx, const access::Actor& actor, const Source& source, std::optional<std::int64_t> version, Time now) {
    Source stored = TRY(live_source(tx, actor.scope, source.id, version));
    TRY(check_format_and_zone(source));
    json::Value before = described(stored);
    stored.format = source.format;
    stored.zone = source.zone;
    TRY(update(tx, stored));
    return note(tx, actor, "source:change", stored, now, json::object({{"before", std::move(before)}, {"after", described(stored)}}));
}

Status Directory::end(store::Transaction& tx, const access::Actor& actor, const SourceId& id, std::optional<std::int64_t> version, Time now) {
    Source stored = TRY(live_source(tx, actor.scope, id, version));
    json::Value before = described(stored);
    stored.ended = now;
    TRY(update(tx, stored));
    return note(tx, actor, "source:end", stored, now, json::object({{"before", std::move(before)}, {"after", described(stored)}}));
}

Result<Source> Directory::find_source(store::Transaction& tx, const access::Scope& scope, const SourceId& id) {
    store::Params params{id.text()};
    const std::string condition = scope.condition("organisation", params);
    auto found = TRY(sources(tx, "where id = :a" + condition, params));
    if (found.empty()) return fail(Code::not_found, "there is no such source");
    return std::move(found.front());
}

Result<std::optional<Source>> Directory::source_named(store::Transaction& tx, const access::Scope& scope, std::string_view name) {
    if (!is_word(name)) return std::nullopt;
    store::Params params{name};
    const std::string condition = scope.condition("organisation", params);
    auto found = TRY(sources(tx, "where name = :a" + condition, params));
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

Result<SourcePage> Directory::list_sources(store::Transaction& tx, const access::Scope& scope, const std::optional<std::string>& after, std::size_t limit) {
    store::Params params;
    std::string where = "where 1 = 1";
    if (after) {
        const auto key = TRY(from_cursor("source", 1, *after));
        where += " and name > :s";
        params = {key[0]};
    }
    where += scope.condition("organisation", params) + " order by name limit :n";
    const std::size_t size = page_size(limit);
    params.emplace_back(std::uint64_t{size + 1});
    SourcePage page{.items = TRY(sources(tx, where, params)), .next = {}};
    if (page.items.size() > size) {
        page.items.resize(size);
        page.next = to_cursor("source", {page.items.back().name});
    }
    return page;
}

}  // namespace vg::directory
