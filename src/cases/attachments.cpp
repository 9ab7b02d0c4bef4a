#include "cases/attachments.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "cases/rows.h"

namespace vg::cases {

namespace {

using Int = std::int64_t;
using Text = std::string;

std::string attachment_path(const AttachmentPlace& place, std::string_view sha256) { return format("{}/{}", place.folder, sha256); }

// Durable before any row names them.
Status keep_bytes(const AttachmentPlace& place, std::string_view sha256, std::string_view bytes) {
    for (std::size_t at = place.folder.find('/', 1); at != std::string::npos; at = place.folder.find('/', at + 1)) TRY(place.disk.make_folder(place.folder.substr(0, at)));
    TRY(place.disk.make_folder(place.folder));
    const std::string path = attachment_path(place, sha256);
    if (place.disk.exists(path)) return {};
    TRY(store::write_whole(place.disk, path, bytes));
    return place.disk.sync_folder(store::parent_of(place.folder));
}

// Controls, and those that cannot be seen or turn the direction of writing (U+200B to U+200F, U+2028 to U+202E, U+2060 to U+206F, U+FEFF).
bool is_unseen(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || c == 0x00AD; }

// One character of valid UTF-8 and its length.
std::pair<char32_t, std::size_t> character_at(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    if (byte(0) < 0x80) return {byte(0), 1};
    const std::size_t length = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
    char32_t c = byte(0) & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) c = c << 6 | (byte(i) & 0x3F);
    return {c, length};
}

// The case that it goes to, whether the asker sees it, and what stands there already.
struct Target {
    Case file;
    std::optional<Item> item;
};
Result<Target> target_of(store::Transaction& tx, const access::Scope& scope, const Attach& what) {
    Target target;
    if (what.item) target.item = TRY(find_item(tx, scope, *what.item));
    target.file = TRY(find(tx, scope, what.item ? target.item->of : what.of.value_or(CaseId{})));
    return target;
}

constexpr char kColumns[] = "select a.id, coalesce(i.case_id, a.case_id), a.item, a.organisation, a.name, a.sha256, a.note, a.bytes, a.added_by, a.added, coalesce((select max(e.number) from case_evidence_file e where e.attachment = a.id), 0) "
                            "from case_attachment a left join case_item i on i.id = a.item ";

Result<std::vector<Attachment>> read_attachments(store::Transaction& tx, const std::string& rest, const store::Params& params) {
    std::vector<Attachment> out;
    for (const auto& [id, of, item, organisation, name, sha256, note, bytes, by, added, evidence] : TRY((tx.query<Text, Text, Text, Text, Text, Text, Text, Int, Text, Int, Int>(kColumns + rest, params)))) {
        Attachment one;
        one.id = TRY(AttachmentId::parse(id));
        one.of = TRY(CaseId::parse(of));
        if (!item.empty()) one.item = TRY(ItemId::parse(item));
        one.organisation = TRY(OrganisationId::parse(organisation));
        one.name = name, one.sha256 = sha256, one.note = note, one.bytes = bytes, one.by = by, one.added = {added}, one.evidence = evidence;
        out.push_back(std::move(one));
    }
    return out;
}

Result<std::optional<Attachment>> same_there(store::Transaction& tx, const Target& target, std::string_view sha256) {
    auto found = TRY(read_attachments(tx, "where a.case_id = :c and a.item = :i and a.sha256 = :s", {target.file.id.text(), target.item ? target.item->id.text() : Text{}, sha256}));
    return found.empty() ? std::optional<Attachment>{} : std::optional{std::move(found.front())};
}

Status check_room(store::Transaction& tx, const Target& target, std::size_t more) {
    const auto row = TRY((tx.first<Int, std::optional<Int>>("select count(*), cast(sum(bytes) as bigint) from case_attachment where case_id = :c", {target.file.id.text()})));
    const auto [count, bytes] = row.value_or(std::tuple<Int, std::optional<Int>>{});
    if (count >= kMostAttachments || bytes.value_or(0) + static_cast<Int>(more) > kMostAttached)
        return fail(Code::too_large, format("the case has {} files of {} MiB; at most {} of {} MiB are kept with one case", count, bytes.value_or(0) >> 20, kMostAttachments, kMostAttached >> 20));
    return {};
}

}  // namespace

store::Schema attachment_schema() {
    return {"case-attachments",
            {{
                "create table case_attachment (id text primary key, case_id text not null, item text not null, organisation text not null, name text not null, sha256 text not null, note text not null, bytes bigint not null, added_by text not null, added bigint not null)",
                "create unique index case_attachment_of on case_attachment (case_id, item, sha256)",
                "create index case_attachment_item on case_attachment (item)",
                "create table case_evidence_file (item text not null, number bigint not null, attachment text not null, primary key (item, number, attachment))",
                "create index case_evidence_file_of on case_evidence_file (attachment)",
            }}};
}

std::string file_name_of(std::string_view given) {
    const std::string whole = nfc(to_valid_utf8(given));
    std::string_view last = whole;
    if (const std::size_t cut = last.find_last_of("/\\"); cut != std::string_view::npos) last.remove_prefix(cut + 1);
    std::string out;
    std::size_t characters = 0;
    for (std::size_t at = 0; at < last.size() && characters < 120;) {
        const auto [c, length] = character_at(last, at);
        const bool kept = !is_unseen(c) && std::string_view{"<>:\"|?*"}.find(static_cast<char>(c < 0x80 ? c : 0x7F)) == std::string_view::npos;
        if (kept && !(out.empty() && (c == '.' || c == ' '))) out += last.substr(at, length), ++characters;
        at += length;
    }
    while (!out.empty() && (out.back() == ' ' || out.back() == '.')) out.pop_back();
    out = nfc(out);  // what stood between two characters may be gone
    return out.empty() ? "tep" : out;
}

Result<Attachment> attach(const AttachmentPlace& place, const access::Actor& actor, const Attach& what, std::string_view bytes, Random& random, Time now) {
    if (bytes.empty()) return fail(Code::bad_input, "the body is empty; it is the file's bytes");
    if (bytes.size() > kMostAttachment) return fail(Code::too_large, format("the file has {} MiB; at most {} are kept", bytes.size() >> 20, kMostAttachment >> 20));
    const std::string note = TRY(text_of("note", what.note));
    const std::string sha256 = sha256_hex(bytes);
    const auto there = TRY(place.state.read([&](store::Transaction& tx) -> Result<std::optional<Attachment>> {
        const Target target = TRY(target_of(tx, actor.scope, what));
        auto same = TRY(same_there(tx, target, sha256));
        if (!same) TRY(check_room(tx, target, bytes.size()));
        return same;
    }));
    if (there) return *there;
    TRY(keep_bytes(place, sha256, bytes));
    return place.state.write([&](store::Transaction& tx) -> Result<Attachment> {
        const Target target = TRY(target_of(tx, actor.scope, what));
        if (auto same = TRY(same_there(tx, target, sha256))) return std::move(*same);
        TRY(check_room(tx, target, bytes.size()));
        const AttachmentId id = make_id<AttachmentTag>(now, random);
        const std::string item = target.item ? target.item->id.text() : std::string{};
        const std::string name = file_name_of(what.name);
        TRY(tx.run("insert into case_attachment (id, case_id, item, organisation, name, sha256, note, bytes, added_by, added) values (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j)",
                   {id.text(), target.file.id.text(), item, target.file.organisation.text(), name, sha256, note, static_cast<Int>(bytes.size()), actor.name, now.micros}));
        TRY(tell(tx, target.file, {.actor = actor.name, .kind = "attached", .text = note.empty() ? name : format("{}: {}", name, note), .item = item,
                                   .details = json::object({{"attachment", id.text()}, {"sha256", sha256}, {"bytes", static_cast<Int>(bytes.size())}})}, now));
        return find_attachment(tx, actor.scope, id);
    });
}

Result<Attachment> find_attachment(store::Transaction& tx, const access::Scope& scope, const AttachmentId& id) {
    store::Params params{id.text()};
    const std::string condition = scope.condition("a.organisation", params);
    auto found = TRY(read_attachments(tx, "where a.id = :i" + condition, params));
    if (found.empty()) return fail(Code::not_found, "there is no such file");
    return std::move(found.front());
}

Result<std::vector<Attachment>> attachments(store::Transaction& tx, const access::Scope& scope, const std::optional<CaseId>& of, const std::optional<ItemId>& item, const std::string& after, std::size_t limit) {
    std::string where = "where a.id > :a";
    store::Params params{after};
    if (of) where += " and coalesce(i.case_id, a.case_id) = :c", params.emplace_back(of->text());
    if (item) where += " and a.item = :i", params.emplace_back(item->text());
    where += scope.condition("a.organisation", params);
    where += " order by a.id limit :l";
    params.emplace_back(std::uint64_t{std::clamp<std::size_t>(limit, 1, 1'001)});
    return read_attachments(tx, where, params);
}

Status name_evidence(store::Transaction& tx, const access::Scope& scope, const Item& item, const AttachmentId& id) {
    const Attachment attachment = TRY(find_attachment(tx, scope, id));
    if (attachment.item ? *attachment.item != item.id : attachment.of != item.of) return fail(Code::not_found, "there is no such file");
    const auto last = TRY((tx.first<std::optional<Int>>("select max(number) from case_evidence where item = :i", {item.id.text()})));
    if (!last || !std::get<0>(*last)) return fail(Code::conflict, "no removal was told of the item");
    TRY(tx.run("insert into case_evidence_file (item, number, attachment) values (:a, :b, :c) on conflict (item, number, attachment) do nothing", {item.id.text(), *std::get<0>(*last), id.text()}));
    return {};
}

Result<std::string> bytes_of(const AttachmentPlace& place, const Attachment& attachment) {
    const std::string path = attachment_path(place, attachment.sha256);
    if (!place.disk.exists(path)) return fail(Code::not_found, "the file is no longer in the data folder; a backup has it");
    std::string bytes = TRY(store::read_whole(place.disk, path));
    if (sha256_hex(bytes) != attachment.sha256) return fail(Code::corrupt, "the file in the data folder is not what was attached; a backup has it");
    return bytes;
}

Result<std::vector<std::string>> check_attachments(const AttachmentPlace& place, std::int64_t& checked) {
    std::vector<std::string> wrong;
    checked = 0;
    std::string after;
    for (;;) {
        const auto some = TRY(place.state.read([&](store::Transaction& tx) { return attachments(tx, access::Scope::node(), std::nullopt, std::nullopt, after, 100); }));
        if (some.empty()) return wrong;
        for (const Attachment& one : some) {
            ++checked;
            if (const auto bytes = bytes_of(place, one); !bytes) wrong.push_back(format("{} (attachment {}): {}", one.name, one.id.text(), bytes.error().text));
        }
        after = some.back().id.text();
    }
}

}  // namespace vg::cases
