// The words and rows of an organisation and of a case.
#include "reports/gather.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/ip.h"
#include "base/text.h"
#include "base/time.h"
#include "directory/directory.h"
#include "directory/facts.h"
#include "lists/lists.h"
#include "reports/public_addresses.h"

namespace vg::reports {

namespace {

using Text = std::string;
using Int = std::int64_t;

constexpr std::size_t kMostNamed = 200;  // addresses in one field
constexpr std::size_t kPageOfItems = 1'000;

// The name of an organisation as it was at a time; empty: it is not in scope.
Result<std::string> name_of_organisation(const Ask& ask, const OrganisationId& id, Time at) {
    const auto found = directory::Directory::find(ask.tx, ask.scope, id);
    if (!found) return found.error().code == Code::not_found ? Result<std::string>{std::string{}} : Result<std::string>{fail(found.error())};
    directory::FactFilter filter{.kind = "name", .organisation = id, .state = directory::FactState::approved, .at = at, .text = {}};
    const auto names = TRY(directory::Facts::list(ask.tx, ask.scope, filter, std::nullopt, 10));
    return names.items.empty() ? found->name : names.items.front().body.text("vi").value_or(found->name);
}

struct Contact {
    std::string person, phone, email, post, hours;
    // "Nguyễn Văn An, điện thoại 024 ..., thư điện tử a@..."
    [[nodiscard]] std::string line() const {
        std::string out;
        const auto add = [&](std::string_view label, const std::string& value) {
            if (!value.empty()) out += (out.empty() ? "" : ", ") + Text{label} + value;
        };
        add("", person);
        add("điện thoại ", phone);
        add("thư điện tử ", email);
        return phone.empty() && email.empty() ? "" : out;
    }
};

// Of the contacts that hold now, for each channel the one for incidents before those for other purposes.
Result<Contact> contact_of(const Ask& ask, const OrganisationId& id) {
    constexpr std::array<std::string_view, 6> kOrder = {"incident", "duty", "technical", "leadership", "other", "legal"};
    directory::FactFilter filter{.kind = "contact", .organisation = id, .state = directory::FactState::approved, .at = ask.now, .text = {}};
    const auto page = TRY(directory::Facts::list(ask.tx, ask.scope, filter, std::nullopt, 1'000));
    Contact out;
    std::map<std::string, std::size_t> ranks;
    const auto take = [&](std::string& field, const std::string& channel, const std::string& value, std::size_t rank) {
        if (value.empty()) return;
        const auto [place, is_new] = ranks.emplace(channel, rank);
        if (!is_new && place->second <= rank) return;
        place->second = rank;
        field = value;
    };
    for (const directory::Fact& fact : page.items) {
        const std::string purpose = fact.body.text("purpose").value_or(""), channel = fact.body.text("channel").value_or(""), value = fact.body.text("value").value_or("");
        const auto rank = static_cast<std::size_t>(std::find(kOrder.begin(), kOrder.end(), purpose) - kOrder.begin());
        if (channel == "phone") take(out.phone, channel, value, rank);
        if (channel == "email") take(out.email, channel, value, rank);
        if (channel == "post") take(out.post, channel, value, rank);
        take(out.person, "person", fact.body.text("person").value_or(""), rank);
        take(out.hours, "hours", fact.body.text("hours").value_or(""), rank);
    }
    return out;
}

void add_part(std::string& out, std::string_view part, std::string_view between = "; ") {
    if (part.empty()) return;
    if (!out.empty()) out += between;
    out += part;
}

// The systems that the items name, as the directory knew them on that day.
Status gather_systems(const Ask& ask, const OrganisationId& organisation, const std::set<std::string>& codes, Time at, Gathered& out) {
    if (codes.empty()) return {};
    directory::FactFilter filter{.kind = "system", .organisation = organisation, .state = directory::FactState::approved, .at = at, .text = {}};
    std::optional<std::string> after;
    std::set<std::string> names;
    std::map<std::string, std::set<std::string>> roles;
    Int level = 0;
    do {
        const auto page = TRY(directory::Facts::list(ask.tx, ask.scope, filter, after, 1'000));
        for (const directory::Fact& fact : page.items) {
            if (!codes.contains(fact.body.text("code").value_or(""))) continue;
            names.insert(fact.body.text("name").value_or(""));
            level = std::max(level, fact.body.integer("level").value_or(0));
            for (const char* role : {"owner", "operator", "specialised"}) {
                const auto id = OrganisationId::parse(fact.body.text(role).value_or(""));
                if (!id) continue;
                if (std::string name = TRY(name_of_organisation(ask, *id, at)); !name.empty()) roles[role].insert(std::move(name));
            }
        }
        after = page.next;
    } while (after);
    std::string all;
    for (const std::string& name : names) add_part(all, name);
    out.words["system.name"] = all;
    if (level > 0) out.words["system.level"] = std::to_string(level);
    for (const auto& [role, who] : roles) {
        std::string joined;
        for (const std::string& name : who) add_part(joined, name);
        out.words["system." + role] = joined;
    }
    return {};
}

Result<std::map<std::string, std::string>> evidence_of(const Ask& ask, const std::vector<cases::Item>& items) {
    std::map<std::string, std::string> out;
    for (const cases::Item& item : items) {
        if (!item.removed) continue;
        const auto told = TRY((ask.tx.first<Text, Text, Text, Text>("select tool, hash, rescan, note from case_evidence where item = :i order by number desc limit 1", {item.id.text()})));
        if (!told) continue;
        const auto& [tool, hash, rescan, note] = *told;
        std::string text = tool.empty() ? "" : "công cụ: " + tool;
        if (hash.size() == 64) add_part(text, "SHA-256: " + hash.substr(0, 16) + "…");
        if (rescan != "none") add_part(text, rescan == "clean" ? "rà quét lại: sạch" : "rà quét lại: còn mã độc");
        add_part(text, note);
        out[item.id.text()] = text;
    }
    return out;
}

// Of a case, or of those of an organisation that a list named.
Result<std::vector<cases::Item>> items_of(const Ask& ask, const FormAbout& about) {
    std::vector<cases::Item> out;
    std::string after;
    for (;;) {
        auto page = TRY(cases::items(ask.tx, ask.scope, about.of, std::nullopt, after, kPageOfItems));
        const bool last = page.size() < kPageOfItems;
        for (cases::Item& item : page) {
            after = item.id.text();
            out.push_back(std::move(item));
        }
        if (out.size() > kMostRows) return fail(Code::too_large, format("the case has more than {} items; answer with a file beside the letter", kMostRows));
        if (last) return out;
    }
}

Status gather_list(const Ask& ask, const std::string& id, Gathered& out) {
    const auto parsed = lists::ListId::parse(id);
    if (!parsed) return fail(Code::bad_input, "field list: is no id");
    const auto found = lists::find(ask.tx, ask.scope, *parsed);
    if (!found) return fail(found.error().code, "field list: " + found.error().text);
    const lists::Letter& letter = found->letter;
    out.list = id;
    const auto dated = regime::parse_day(letter.date);
    const std::string day = dated ? day_text(ask.regime.begin_of(*dated)) : "";
    out.words["list.name"] = found->name;
    out.words["list.number"] = letter.number;
    out.words["list.date"] = day;
    out.words["list.issuer"] = letter.issuer;
    out.words["list.title"] = letter.subject.empty() ? found->name : letter.subject;
    if (!letter.number.empty()) {
        std::string text = "Văn bản số " + letter.number;
        if (!day.empty()) text += " ngày " + day;
        if (!letter.issuer.empty() && letter.number.find(letter.issuer) == std::string::npos) text += " của " + letter.issuer;
        out.words["list.letter"] = text;
    }
    return {};
}

// The newest list that named an item of the case.
Result<std::string> list_of_case(const Ask& ask, const cases::CaseId& id) {
    const auto found = TRY((ask.tx.first<Text>("select v.id from case_item i join case_sighting s on s.item = i.id join victim_list v on s.ref = 'list/' || v.id where i.case_id = :c and v.staged = 0 order by v.place desc, v.id desc limit 1", {id.text()})));
    return found ? std::get<0>(*found) : Text{};
}

struct Tally {
    Int all = 0, verified = 0, refused = 0, by_person = 0, removed = 0, open = 0, relapses = 0;
};
Tally tally_of(const std::vector<cases::Item>& items) {
    Tally out;
    for (const cases::Item& item : items) {
        ++out.all;
        out.relapses += item.relapses;
        if (item.state == cases::ItemState::removed) ++out.removed;
        else if (item.state != cases::ItemState::closed) ++out.open;
        else if (item.closed_why == "verified") ++out.verified;
        else if (item.closed_why == "by-person") ++out.by_person;
        else ++out.refused;
    }
    return out;
}

void words_of_tally(const Tally& tally, Gathered& out) {
    for (const auto& [name, count] : {std::pair{"all", tally.all}, {"verified", tally.verified}, {"removed", tally.removed}, {"refused", tally.refused}, {"by-person", tally.by_person}, {"open", tally.open}})
        out.words[Text{"count."} + name] = number_text(count);
}

std::string result_of(const Tally& tally) {
    if (tally.all == 0) return {};
    std::string out = format("Trong {} địa chỉ, tên: đã xử lý và được xác minh {}", number_text(tally.all), number_text(tally.verified));
    for (const auto& [count, text] : {std::pair<Int, std::string_view>{tally.removed, "đã báo gỡ bỏ, đang theo dõi"}, {tally.refused, "báo nhầm hoặc không thuộc quản lý"}, {tally.by_person, "đóng theo quyết định của người có trách nhiệm"}, {tally.open, "đang xử lý hoặc chưa trả lời"}})
        if (count > 0) out += format("; {} {}", text, number_text(count));
    return out + ".";
}

// Rows of items, in the order of their addresses; those of internal addresses are left out and counted.
Status rows_of_items(const Ask& ask, std::vector<cases::Item> items, Gathered& out) {
    std::map<OrganisationId, std::string> units;  // of others than the one whose paper it is
    for (const cases::Item& item : items)
        if (item.organisation != out.organisation && !units.contains(item.organisation)) units[item.organisation] = TRY(name_of_organisation(ask, item.organisation, out.decided));
    std::sort(items.begin(), items.end(), [](const cases::Item& a, const cases::Item& b) {
        const auto left = parse_address(a.subject), right = parse_address(b.subject);
        if (left.has_value() != right.has_value()) return left.has_value();
        if (left && *left != *right) return *left < *right;
        return std::tie(a.subject, a.family, a.id) < std::tie(b.subject, b.family, b.id);
    });
    const auto evidence = TRY(evidence_of(ask, items));
    GatheredRows rows;
    for (const cases::Item& item : items) {
        Int internal = 0;
        public_only(item.subject, internal);
        if (internal > 0) {
            ++out.left_out;
            continue;
        }
        const auto proof = evidence.find(item.id.text());
        const auto when = item.removed ? item.removed : item.answered;
        rows.push_back({item.id.text(),
                        {{"ordinal", std::to_string(rows.size() + 1)}, {"subject", units.contains(item.organisation) ? item.subject + "\n" + units[item.organisation] : item.subject}, {"family", item.family}, {"answer", answer_text(item)}, {"time", when ? moment_text(*when) : ""},
                         {"evidence", proof == evidence.end() ? "" : proof->second}, {"state", state_text(item)}, {"outcome", item.state == cases::ItemState::closed ? state_text(item) : answer_text(item) + " (" + state_text(item) + ")"}}});
    }
    out.rows["items"] = rows;
    out.rows["outcomes"] = std::move(rows);
    return {};
}

// What is seen from outside, in words.
void words_of_items(const std::vector<cases::Item>& items, Gathered& out) {
    std::set<Address> addresses;
    std::set<std::string> names, families;
    for (const cases::Item& item : items) {
        if (!item.family.empty()) families.insert(item.family);
        const auto address = parse_address(item.subject);
        if (!address) names.insert(item.subject);
        else if (!is_internal(*address)) addresses.insert(*address);
    }
    const auto joined = [](const auto& all, auto text_of_one) {
        std::string text;
        std::size_t count = 0;
        for (const auto& one : all) {
            if (++count > kMostNamed) return text + format(" và {} địa chỉ khác", number_text(static_cast<Int>(all.size() - kMostNamed)));
            add_part(text, text_of_one(one), ", ");
        }
        return text;
    };
    out.words["case.addresses"] = joined(addresses, [](const Address& one) { return one.text(); });
    out.words["case.domains"] = joined(names, [](const std::string& one) { return one; });
    out.words["case.families"] = joined(families, [](const std::string& one) { return one; });
}

}  // namespace

Status gather_organisation(const Ask& ask, const FormAbout& about, Gathered& out) {
    const directory::Organisation whose = TRY(directory::Directory::find(ask.tx, ask.scope, out.organisation));
    out.words["organisation.name"] = TRY(name_of_organisation(ask, whose.id, out.decided));
    directory::Organisation writes = whose;
    if (about.issuer) writes = TRY_IN("field issuer: ", directory::Directory::find(ask.tx, ask.scope, *about.issuer));
    out.words["issuer.name"] = TRY(name_of_organisation(ask, writes.id, ask.now));
    if (writes.parent) out.words["issuer.parent"] = TRY(name_of_organisation(ask, *writes.parent, ask.now));
    if (whose.parent) out.words["organisation.parent"] = TRY(name_of_organisation(ask, *whose.parent, ask.now));
    const Contact contact = TRY(contact_of(ask, whose.id));
    out.words["contact.person"] = contact.person, out.words["contact.phone"] = contact.phone, out.words["contact.email"] = contact.email, out.words["contact.post"] = contact.post, out.words["contact.line"] = contact.line();
    out.words["issuer.contact"] = writes.id == whose.id ? contact.line() : TRY(contact_of(ask, writes.id)).line();
    return {};
}

Status gather_case(const Ask& ask, const FormAbout& about, Gathered& out) {
    if (!about.of) return fail(Code::bad_input, "field case: is missing; this paper is about a case");
    const cases::Case file = TRY(cases::find(ask.tx, ask.scope, *about.of));
    out.organisation = file.organisation;
    out.decided = file.detected;
    TRY(gather_organisation(ask, about, out));
    const std::string list = about.list.empty() ? TRY(list_of_case(ask, file.id)) : about.list;
    if (!list.empty()) {
        const Status listed = gather_list(ask, list, out);
        // One that nobody named may be out of sight for this reader.
        if (!listed && (!about.list.empty() || listed.error().code != Code::not_found)) return listed;
    }
    std::vector<cases::Item> items = TRY(items_of(ask, about));
    std::set<std::string> systems;
    for (const cases::Item& item : items)
        if (!item.system.empty()) systems.insert(item.system);
    TRY(gather_systems(ask, file.organisation, systems, file.detected, out));
    auto& words = out.words;
    // Nobody else is told to run it.
    if (words["system.operator"].empty()) words["system.operator"] = words["organisation.name"];
    const Civil detected = to_civil(file.detected, kZone);
    words["case.number"] = std::to_string(file.number);
    words["case.title"] = file.title;
    words["case.kind"] = kind_text(file.kind);
    words["case.detected"] = moment_text(file.detected);
    words["case.detected.date"] = day_text(file.detected);
    words["case.detected.time"] = format("{:02} giờ {:02} phút", detected.hour, detected.minute);
    words["case.serious"] = file.serious ? "Nghiêm trọng (đã được xác nhận)" : "Chưa được xác nhận là nghiêm trọng";
    words_of_items(items, out);
    const Tally tally = tally_of(items);
    words_of_tally(tally, out);
    const bool handled = tally.all > 0 ? tally.open + tally.removed == 0 : file.stage >= cases::Stage::wrapping_up;
    words["case.status"] = handled ? "handled" : "unhandled";
    words["case.result"] = result_of(tally);
    if (!list.empty()) {
        words["case.method"] = "notified: " + (words["list.issuer"].empty() ? words["list.title"] : words["list.issuer"]);
    } else if (TRY((ask.tx.first<Int>("select count(*) from case_item i join case_sighting s on s.item = i.id where i.case_id = :c and s.ref like 'finding/%'", {file.id.text()}))).value_or(std::tuple<Int>{0}) > std::tuple<Int>{0}) {
        words["case.method"] = "ids";
    }
    std::string summary = format("Lúc {}, {} phát hiện sự cố \"{}\" (loại: {})", words["case.detected"], words["organisation.name"], file.title, words["case.kind"]);
    if (!words["list.letter"].empty()) summary += ", theo " + words["list.letter"];
    summary += ".";
    if (tally.all > 0) summary += format(" Số địa chỉ, tên bị ảnh hưởng: {}.", number_text(tally.all));
    if (!words["case.families"].empty()) summary += " Mã độc: " + words["case.families"] + ".";
    if (tally.relapses > 0) summary += format(" Số lần tái nhiễm: {}.", number_text(tally.relapses));
    words["case.summary"] = summary;
    return rows_of_items(ask, std::move(items), out);
}

Status gather_answers(const Ask& ask, const FormAbout& about, Gathered& out) {
    if (!about.organisation) return fail(Code::bad_input, "field case: is missing; or organisation and list");
    if (about.list.empty()) return fail(Code::bad_input, "field list: is missing");
    out.organisation = *about.organisation;
    out.decided = ask.now;
    TRY(gather_organisation(ask, about, out));
    TRY(gather_list(ask, about.list, out));
    const auto snapshot = TRY(directory::Snapshot::load(ask.tx));
    std::vector<OrganisationId> all = snapshot->descendants(out.organisation);
    std::erase_if(all, [&](const OrganisationId& id) { return !ask.scope.sees(id); });
    store::Params params{"list/" + about.list};
    const std::string within = access::Scope::of(std::move(all)).condition("i.organisation", params);
    std::vector<cases::Item> items;
    for (const auto& [id] : TRY((ask.tx.query<Text>("select i.id from case_sighting s join case_item i on i.id = s.item where s.ref = :r" + within + " order by i.id limit " + std::to_string(kMostRows + 1), params))))
        items.push_back(TRY(cases::find_item(ask.tx, ask.scope, TRY(cases::ItemId::parse(id)))));
    if (items.size() > kMostRows) return fail(Code::too_large, format("the list names more than {} addresses; answer with a file beside the letter", kMostRows));
    words_of_items(items, out);
    words_of_tally(tally_of(items), out);
    return rows_of_items(ask, std::move(items), out);
}

Status gather_seen(const Ask& ask, const FormAbout& about, Gathered& out) {
    if (!about.organisation) return fail(Code::bad_input, "field organisation: is missing");
    if (about.list.empty() && (!about.from || !about.until)) return fail(Code::bad_input, "field list: is missing; or from and until");
    out.organisation = *about.organisation;
    out.decided = about.until ? std::min(*about.until, ask.now) : ask.now;
    TRY(gather_organisation(ask, about, out));
    if (!about.list.empty()) TRY(gather_list(ask, about.list, out));
    // That the organisation is in scope was asked with its name.
    store::Params params{out.organisation.text()};
    std::string where = "where i.organisation = :o and ";
    if (!about.list.empty()) {
        where += "s.ref = :r";
        params.emplace_back("list/" + about.list);
    } else {
        where += "s.seen >= :f and s.seen < :u";
        params.emplace_back(about.from->micros);
        params.emplace_back(about.until->micros);
    }
    GatheredRows rows;
    for (const auto& [id, subject, port, seen, family, system, state] :
         TRY((ask.tx.query<Text, Text, Int, Int, Text, Text, Text>("select i.id, i.subject, i.port, max(s.seen), i.family, i.system, i.state from case_item i join case_sighting s on s.item = i.id " + where +
                 " group by i.id, i.subject, i.port, i.family, i.system, i.state order by i.subject, i.id limit " + std::to_string(kMostRows + 1), params)))) {
        if (rows.size() == kMostRows) return fail(Code::too_large, format("more than {} addresses were seen; send the file beside the letter", kMostRows));
        Int internal = 0;
        public_only(subject, internal);
        if (internal > 0) {
            ++out.left_out;
            continue;
        }
        cases::Item item;
        item.state = cases::item_state_named(state).value_or(cases::ItemState::open);
        rows.push_back({id, {{"ordinal", std::to_string(rows.size() + 1)}, {"subject", subject}, {"port", port < 0 ? "" : std::to_string(port)}, {"time", moment_text(Time{seen})}, {"family", family}, {"system", system},
                             {"state", item.state == cases::ItemState::closed ? "Đã đóng" : state_text(item)}}});
    }
    out.words["count.all"] = number_text(static_cast<Int>(rows.size()));
    out.rows["seen"] = std::move(rows);
    std::string when;
    if (about.from && about.until) when = format("từ ngày {} đến ngày {}", day_text(*about.from), day_text(Time{about.until->micros - 1}));
    const std::string title = out.words["list.title"], named = (fold(title).starts_with("danh sach") ? "" : "danh sách ") + title;
    out.words["period.words"] = when.empty() ? "theo " + named : when;
    if (out.words["list.letter"].empty()) out.words["list.letter"] = about.list.empty() ? "dữ liệu cảnh báo đã tiếp nhận" : named;
    return {};
}

}  // namespace vg::reports
