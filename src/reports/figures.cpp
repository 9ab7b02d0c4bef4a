// Numbers of a period, each with the question whose rows it counts. The tables are those of cases and lists (cases/cases.h, lists/lists.h):
// half a million rows are counted where they stand.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "directory/directory.h"
#include "reports/gather.h"

namespace vg::reports {

namespace {

using Text = std::string;
using Int = std::int64_t;

// Which organisations are counted: one and all below it, as far as the reader sees.
struct Extent {
    access::Scope scope = access::Scope::nothing();
    bool everything = false;  // of the node
    std::string words;        // for people
};

Result<Extent> extent_of(const Ask& ask, const OrganisationId& root, const std::string& name) {
    const auto snapshot = TRY(directory::Snapshot::load(ask.tx));
    std::vector<OrganisationId> all = snapshot->descendants(root);
    const auto known = TRY((ask.tx.first<Int>("select count(*) from organisation")));
    Extent out;
    out.everything = ask.scope.sees_node() && known && std::get<0>(*known) == static_cast<Int>(all.size());
    std::erase_if(all, [&](const OrganisationId& id) { return !ask.scope.sees(id); });
    out.words = format("'{}' and the {} below it", name, all.empty() ? 0 : all.size() - 1);
    out.scope = out.everything ? access::Scope::node() : access::Scope::of(std::move(all));
    return out;
}

class Counter {
public:
    Counter(const Ask& ask, const Extent& extent, Gathered& out) : ask_(ask), extent_(extent), out_(out) {}

    // `rest` is "from ... where ..." with nothing from outside in it; `id` tells the rows apart, of which `repeated` ones count once. The ids of
    // the first rows in the order of `order`; `id` without.
    Result<Int> count(const std::string& name, const std::string& id, const std::string& rest, const std::string& organisation, bool repeated = false, const std::string& order = {}) {
        store::Params params;
        const std::string within = extent_.scope.condition(organisation, params);
        const std::string distinct = repeated ? "distinct " : "";
        Figure figure{.name = name, .value = 0, .query = {}, .ids = {}};
        figure.query = "select " + distinct + id + " " + rest + (within.empty() ? "" : " and " + organisation + " in (" + extent_.words + ")");
        for (const auto& [one] : TRY((ask_.tx.query<Text>("select " + distinct + id + " as id " + rest + within + " order by " + (order.empty() ? id : order) + " limit " + std::to_string(kMostIds + 1), params)))) figure.ids.push_back(one);
        figure.value = static_cast<Int>(figure.ids.size());
        if (figure.ids.size() > kMostIds) {
            figure.ids.pop_back();
            figure.all_ids = false;
            const auto value = TRY((ask_.tx.first<Int>("select count(" + (repeated ? distinct + id : "*") + ") " + rest + within, params)));
            figure.value = value ? std::get<0>(*value) : 0;
        }
        const Int counted = figure.value;
        out_.figures.push_back(std::move(figure));
        return counted;
    }

    // The same, as a row of a table with what it is.
    Status row(const std::string& table, const std::string& key, const std::string& what, const std::string& id, const std::string& rest, const std::string& organisation, bool repeated = false, const std::string& order = {}) {
        const Int value = TRY(count(table + "/" + key + "/count", id, rest, organisation, repeated, order));
        out_.rows[table].push_back({key, {{"what", what}, {"kind", what}, {"count", number_text(value)}}});
        return {};
    }

private:
    const Ask& ask_;
    const Extent& extent_;
    Gathered& out_;
};

}  // namespace

Status gather_figures(const Ask& ask, const FormAbout& about, Gathered& out) {
    if (!about.organisation) return fail(Code::bad_input, "field organisation: is missing");
    if (!about.from || !about.until || !(*about.from < *about.until)) return fail(Code::bad_input, "field until: a period has from, and until behind it");
    out.organisation = *about.organisation;
    out.decided = std::min(Time{about.until->micros - 1}, ask.now);
    TRY(gather_organisation(ask, about, out));
    out.words["period.from"] = day_text(*about.from);
    out.words["period.until"] = day_text(Time{about.until->micros - 1});
    const Extent extent = TRY(extent_of(ask, out.organisation, out.words["organisation.name"]));
    Counter counter{ask, extent, out};
    const auto between = [&](const std::string& column) { return format("{0} >= {1} and {0} < {2}", column, about.from->micros, about.until->micros); };
    const Text until = std::to_string(about.until->micros);

    // Of others' rows on the same list nothing is told: whoever does not see the node counts the lists that name him.
    const Text named = " join list_victim n on n.list = case when v.same_as = '' then v.id else v.same_as end where v.staged = 0 and n.organisation <> '' and ";
    const Text lists = extent.everything ? " where v.staged = 0 and " : named, organisation_of_list = "n.organisation";
    const Text in_file = "r.list, r.number";  // as they are stored: no half a million texts are sorted
    TRY(counter.row("lists", "received", "Số danh sách đã tiếp nhận", "v.id", "from victim_list v" + lists + "v.same_as = '' and " + between("v.kept"), organisation_of_list, !extent.everything));
    TRY(counter.row("lists", "copies", "Số bản sao của danh sách đã có", "v.id", "from victim_list v" + lists + "v.same_as <> '' and " + between("v.kept"), organisation_of_list, !extent.everything));
    TRY(counter.row("lists", "rows", "Số dòng thuộc phạm vi quản lý", "r.list || '/' || r.number", "from list_row r join victim_list v on v.id = r.list where v.staged = 0 and r.kind = 'owner' and " + between("v.kept"), "r.organisation", false, in_file));
    TRY(counter.row("lists", "victims", "Số địa chỉ, tên khác nhau thuộc phạm vi quản lý", "r.subject", "from list_row r join victim_list v on v.id = r.list where v.staged = 0 and r.kind = 'owner' and " + between("v.kept"), "r.organisation", true));
    if (extent.everything)
        TRY(counter.row("lists", "unowned", "Số dòng không thuộc dải địa chỉ nào đã đăng ký", "r.list || '/' || r.number", "from list_row r join victim_list v on v.id = r.list where v.staged = 0 and r.kind <> 'owner' and " + between("v.kept"), "r.organisation", false, in_file));
    if (extent.everything)
        TRY(counter.row("lists", "rejected", "Số dòng không đọc được", "r.list || '/' || r.number", "from list_rejected r join victim_list v on v.id = r.list where v.staged = 0 and " + between("v.kept"), "r.organisation", false, in_file));

    const Text file = "c.organisation", item = "i.organisation";
    const Text whole = "c.id not in (select merged from case_merge) and ";  // what was merged is counted with the case that has it
    TRY(counter.row("work", "opened", "Sự cố mở mới", "c.id", "from case_file c where " + whole + between("c.opened"), file));
    TRY(counter.row("work", "closed", "Sự cố đã kết thúc", "c.id", "from case_file c where c.closed is not null and " + whole + between("c.closed"), file));
    TRY(counter.row("work", "standing", "Sự cố chưa kết thúc đến cuối kỳ", "c.id", "from case_file c where " + whole + "c.opened < " + until + " and (c.closed is null or c.closed >= " + until + ")", file));
    TRY(counter.row("work", "organisations", "Số đơn vị có địa chỉ, tên được ghi nhận trong kỳ", "o.id", "from organisation o where exists (select 1 from case_item i join case_sighting s on s.item = i.id where i.organisation = o.id and " + between("s.seen") + ")", "o.id"));
    TRY(counter.row("work", "items", "Địa chỉ, tên ghi nhận mới", "i.id", "from case_item i where " + between("i.opened"), item));
    TRY(counter.row("work", "relapsed", "Địa chỉ, tên tái nhiễm", "i.id", "from case_entry e join case_item i on i.id = e.item where e.kind = 'relapsed' and " + between("e.time"), item, true));
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kWays{{{"verified", "Đã đóng: xử lý và được xác minh"}, {"false-report", "Đã đóng: báo nhầm"}, {"not-ours", "Đã đóng: không thuộc quản lý"}, {"by-person", "Đã đóng: theo quyết định của người có trách nhiệm"}}};
    for (const auto& [why, what] : kWays) TRY(counter.row("work", Text{why}, Text{what}, "i.id", format("from case_item i where i.closed_why = '{}' and i.closed is not null and {}", why, between("i.closed")), item));
    TRY(counter.row("work", "left", "Địa chỉ, tên chưa đóng đến cuối kỳ", "i.id", "from case_item i where i.opened < " + until + " and (i.closed is null or i.closed >= " + until + ")", item));
    for (const std::string_view kind : cases::kIncidentKinds) TRY(counter.row("kinds", Text{kind}, Text{kind_text(kind)}, "c.id", format("from case_file c where c.kind = '{}' and {}{}", kind, whole, between("c.detected")), file));
    return {};
}

}  // namespace vg::reports
