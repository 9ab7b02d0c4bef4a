// The archive as a whole: what it has, what is missing of it, and building it anew from the journal.
#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "base/text.h"
#include "store/archive.h"
#include "store/audit.h"

namespace vg::api::of_archives {

namespace {

constexpr NamedSchema kSchemas[] = {
    {"ArchiveRange", R"({"type":"object","required":["from","to"],"properties":{"from":{"type":"integer"},"to":{"type":"integer","description":"not with it"}},"additionalProperties":false})"},
    {"Archive", R"({"type":"object","required":["trouble","segments","events","bytes","oldest_received","oldest_occurred","searchable","journal_begin","journal_end","missing","damage","rebuild"],"properties":{
    "trouble":{"type":"string","description":"why it does not get on; empty when it does"},"segments":{"type":"integer"},"events":{"type":"integer","description":"in segments and tail"},"bytes":{"type":"integer"},
    "oldest_received":{"type":["string","null"],"format":"date-time"},"oldest_occurred":{"type":["string","null"],"format":"date-time"},
    "searchable":{"type":"integer","description":"records before this position can be found"},"journal_begin":{"type":"integer"},"journal_end":{"type":"integer"},
    "missing":{"type":"array","description":"positions that are being put back from the journal","items":{"$ref":"#/components/schemas/ArchiveRange"}},
    "damage":{"type":"array","items":{"type":"string"}},
    "rebuild":{"type":"object","required":["segments","events","events_marked","kept"],"properties":{"segments":{"type":"integer","description":"still to be built anew"},"events":{"type":"integer"},
    "events_marked":{"type":"integer","description":"at the beginning"},"kept":{"type":"array","items":{"type":"string"},"description":"segments that stay as they were, each with the reason"}},"additionalProperties":false}},
    "additionalProperties":false})"},
    {"ArchiveMarked", R"({"type":"object","required":["segments","events","ranges"],"properties":{"segments":{"type":"integer","description":"that will be replaced; they are searched until then"},
    "events":{"type":"integer"},"ranges":{"type":"integer","description":"where no segment stood: they are put back"}},"additionalProperties":false})"}};

Result<store::Archive*> archive_of(const Ask& ask) {
    if (ask.context.archive == nullptr) return fail(Code::unavailable, "this node has no archive open at the moment");
    return ask.context.archive;
}

json::Value texts(const std::vector<std::string>& all) {
    json::Array out;
    for (const std::string& one : all) out.emplace_back(one);
    return json::Value{std::move(out)};
}

Result<net::Response> show(Ask& ask) {
    const store::Archive& archive = *TRY(archive_of(ask));
    const store::Archive::Health health = archive.health();
    const store::Archive::Rebuild rebuild = archive.rebuilding();
    // The feed's trouble as well.
    const json::Value report = ask.context.health.report();
    const json::Value* told = report.find("archive");
    json::Array missing;
    for (const store::Archive::Range& range : archive.missing()) missing.push_back(json::object({{"from", range.from.value}, {"to", range.to.value}}));
    return json_answer(200, json::object({{"trouble", told == nullptr ? health.trouble : told->text("trouble").value_or("")},
                                          {"segments", health.segments},
                                          {"events", health.events + health.tail_events},
                                          {"bytes", health.bytes},
                                          {"oldest_received", health.oldest_received ? time_value(*health.oldest_received) : json::Value{}},
                                          {"oldest_occurred", health.oldest_occurred ? time_value(*health.oldest_occurred) : json::Value{}},
                                          {"searchable", archive.searchable().value},
                                          {"journal_begin", ask.context.journal.begin().value},
                                          {"journal_end", ask.context.journal.end().value},
                                          {"missing", std::move(missing)},
                                          {"damage", texts(health.damage)},
                                          {"rebuild", json::object({{"segments", rebuild.segments}, {"events", rebuild.events}, {"events_marked", rebuild.events_marked}, {"kept", texts(rebuild.kept)}})}}));
}

Status write_audit(Ask& ask, std::string_view action, json::Value details) {
    return ask.context.state.write([&](store::Transaction& tx) {
        return store::audit::append(tx, {.time = ask.context.clock.now(), .actor = ask.actor.name, .action = std::string{action}, .object = "archive", .organisation = ask.actor.organisation, .details = std::move(details)});
    });
}

Result<net::Response> rebuild(Ask& ask) {
    store::Archive& archive = *TRY(archive_of(ask));
    const auto from = ask.body.integer("from");
    const auto named = ask.body.text("segment");
    if (from && named) return fail(Code::bad_input, "field segment: excludes from");
    store::Archive::Range wanted{{static_cast<std::uint64_t>(from.value_or(0))}, {UINT64_MAX}};
    if (named) {
        const auto segment = archive.segment(*named);
        if (!segment) return fail(Code::not_found, format("field segment: the archive has no segment {}", shorten(*named, 64)));
        wanted = *segment;
    }
    if (!ask.context.feed_archive) return fail(Code::unavailable, "nothing reads the journal into the archive here");
    TRY(ask.context.feed_archive());
    const store::Journal& journal = ask.context.journal;
    const store::Archive::Marked marked = TRY(archive.rebuild(wanted, journal.begin(), [&](event::Position position) -> std::optional<Time> {
        const auto stored = journal.at(position);
        return stored ? std::optional{stored->record.envelope.received} : std::nullopt;
    }));
    json::Value details = json::object({{"segments", marked.segments}, {"events", marked.events}});
    if (from) details.set("from", *from);
    if (named) details.set("segment", *named);
    TRY(write_audit(ask, "archive:rebuild", std::move(details)));
    return json_answer(202, json::object({{"segments", marked.segments}, {"events", marked.events}, {"ranges", marked.ranges}}));
}

Result<net::Response> stop(Ask& ask) {
    store::Archive& archive = *TRY(archive_of(ask));
    TRY(archive.stop_rebuild());
    TRY(write_audit(ask, "archive:rebuild-stop", json::object({})));
    return no_content();
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/archive", .permission = "health:read", .holds = Holds::node,
     .summary = "What the archive has, what is missing of it, and how far a rebuild is.", .response_schema = "Archive", .answer = show},
    {.method = "POST", .pattern = "/api/v1/archive/rebuild", .permission = "archive:rebuild", .holds = Holds::node,
     .summary = "Builds segments anew from the journal, all of them or some; it goes on after a restart. Each is searched until its replacement is whole; what the journal holds no longer is kept as it is.",
     .request_schema = R"({"type":"object","additionalProperties":false,"properties":{"from":{"type":"integer","minimum":0,"description":"a position: segments that reach beyond it"},
     "segment":{"type":"string","maxLength":32,"description":"only this one"}},"examples":[{}]})",
     .response_schema = "ArchiveMarked", .status = 202, .answer = rebuild},
    {.method = "DELETE", .pattern = "/api/v1/archive/rebuild", .permission = "archive:rebuild", .holds = Holds::node,
     .summary = "Stops building anew; what was replaced stays replaced.", .status = 204, .answer = stop},
};

}  // namespace

extern const Resource archives{.name = "archive", .about = "What keeps every event searchable.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_archives
