// Files attached to cases and their items: taken as bytes, given back as bytes, and never shown as a page of ours.
#include "cases/attachments.h"

#include "api/api.h"
#include "api/case_json.h"
#include "api/fields.h"
#include "api/list.h"
#include "base/text.h"

namespace vg::api::of_attachments {

namespace {

using cases::Attachment;
using cases::AttachmentTag;

constexpr NamedSchema kSchemas[] = {
    {"Attachment", R"({"type":"object","required":["id","case","item","organisation","name","bytes","sha256","note","by","added","evidence"],"properties":{"id":{"type":"string","format":"uuid"},"case":{"type":"string","format":"uuid"},
    "item":{"type":["string","null"],"format":"uuid","description":"null: it is of the case as a whole"},"organisation":{"type":"string","format":"uuid"},"name":{"type":"string","description":"as it may stand in a list and on a disk"},
    "bytes":{"type":"integer"},"sha256":{"type":"string"},"note":{"type":"string"},"by":{"type":"string"},"added":{"type":"string","format":"date-time"},
    "evidence":{"type":"integer","description":"number of the removal that names it as evidence; 0: none does"}},"additionalProperties":false})"}};

json::Value to_json(const Attachment& one) {
    return json::object({{"id", one.id.text()}, {"case", one.of.text()}, {"item", one.item ? json::Value{one.item->text()} : json::Value{}}, {"organisation", one.organisation.text()}, {"name", one.name}, {"bytes", one.bytes},
                         {"sha256", one.sha256}, {"note", one.note}, {"by", one.by}, {"added", time_value(one.added)}, {"evidence", one.evidence}});
}

Result<net::Response> attach(Ask& ask, cases::Attach what) {
    const cases::AttachmentPlace place = TRY(attachment_place(ask.context));
    what.name = ask.text("name").value_or("");
    what.note = ask.text("note").value_or("");
    const std::string bytes = TRY(ask.request.read_all(cases::kMostAttachment));
    const Attachment kept = TRY(cases::attach(place, ask.actor, what, bytes, ask.context.random, ask.context.clock.now()));
    auto response = json_answer(201, to_json(kept));
    response.with("Location", "/api/v1/attachments/" + kept.id.text());
    return response;
}

Result<net::Response> attach_to_case(Ask& ask) {
    cases::Attach what;
    what.of = TRY(ask.id<cases::CaseTag>());
    return attach(ask, std::move(what));
}

Result<net::Response> attach_to_item(Ask& ask) {
    cases::Attach what;
    what.item = TRY(ask.id<cases::ItemTag>());
    return attach(ask, std::move(what));
}

Result<net::Response> list_those(Ask& ask, const std::optional<cases::CaseId>& of, const std::optional<cases::ItemId>& item) {
    return list(ask, [of, item](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const auto found = TRY(context.state.read([&](store::Transaction& tx) { return cases::attachments(tx, actor.scope, of, item, after.value_or(""), limit + 1); }));
        ListPage page;
        for (std::size_t i = 0; i < std::min(found.size(), limit); ++i) page.items.push_back(to_json(found[i]));
        if (found.size() > limit) page.next = found[limit - 1].id.text();
        return page;
    });
}

Result<net::Response> list_of_case(Ask& ask) {
    const auto id = TRY(ask.id<cases::CaseTag>());
    TRY(ask.context.state.read([&](store::Transaction& tx) { return cases::find(tx, ask.actor.scope, id); }));
    return list_those(ask, id, std::nullopt);
}

Result<net::Response> list_of_item(Ask& ask) {
    const auto id = TRY(ask.id<cases::ItemTag>());
    TRY(ask.context.state.read([&](store::Transaction& tx) { return cases::find_item(tx, ask.actor.scope, id); }));
    return list_those(ask, std::nullopt, id);
}

Result<Attachment> attachment_of(Ask& ask) {
    const auto id = TRY(ask.id<AttachmentTag>());
    return ask.context.state.read([&](store::Transaction& tx) { return cases::find_attachment(tx, ask.actor.scope, id); });
}

Result<net::Response> show(Ask& ask) { return json_answer(200, to_json(TRY(attachment_of(ask)))); }

Result<net::Response> content(Ask& ask) {
    const Attachment attachment = TRY(attachment_of(ask));
    net::Response response;
    response.body = TRY(cases::bytes_of(TRY(attachment_place(ask.context)), attachment));
    // Whatever the file is or says that it is, no browser shall show or run it.
    response.with("Content-Type", "application/octet-stream").with("Content-Disposition", disposition_of(attachment.name));
    return response;
}

#define VG_LISTED "limit:integer most items of a page from 1 to 1000 and 100 without, after:string the cursor from next of the page before"
#define VG_FILE "name:string of the file, note:string what it shows"

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/cases/{id}/attachments", .permission = "case:read", .summary = "Lists the files of a case and of its items.", .response_schema = "Attachment[]", .parameters = VG_LISTED, .answer = list_of_case},
    {.method = "POST", .pattern = "/api/v1/cases/{id}/attachments", .permission = "case:answer", .summary = "Attaches the bytes of a file, at most 32 MiB, to a case.", .response_schema = "Attachment", .parameters = VG_FILE, .status = 201,
     .answer = attach_to_case},
    {.method = "GET", .pattern = "/api/v1/case-items/{id}/attachments", .permission = "case:read", .summary = "Lists the files of a victim.", .response_schema = "Attachment[]", .parameters = VG_LISTED, .answer = list_of_item},
    {.method = "POST", .pattern = "/api/v1/case-items/{id}/attachments", .permission = "case:answer", .summary = "Attaches the bytes of a file, at most 32 MiB, to a victim; a removal can name it as evidence.", .response_schema = "Attachment",
     .parameters = VG_FILE, .status = 201, .answer = attach_to_item},
    {.method = "GET", .pattern = "/api/v1/attachments/{id}", .permission = "case:read", .summary = "Tells what stands of an attached file.", .response_schema = "Attachment", .answer = show},
    {.method = "GET", .pattern = "/api/v1/attachments/{id}/content", .permission = "case:read", .summary = "Gives the bytes of an attached file, checked against their hash.", .answer = content},
};

}  // namespace

extern const Resource attachments{.name = "attachments", .about = "Files attached to cases and their items.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_attachments

namespace vg::api {

Result<cases::AttachmentPlace> attachment_place(Context& context) {
    if (context.disk == nullptr || context.case_files.empty()) return fail(Code::unavailable, "this node keeps no files of cases");
    return cases::AttachmentPlace{context.state, *context.disk, context.case_files};
}

std::string disposition_of(std::string_view name) {
    std::string plain;
    for (const char c : name) plain += static_cast<unsigned char>(c) >= 0x80 || c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 ? '_' : c;
    return format("attachment; filename=\"{}\"; filename*=UTF-8''{}", plain, net::percent_encode(name));
}

}  // namespace vg::api
