#include "cli/org_import.h"

#include <algorithm>
#include <istream>
#include <iterator>
#include <map>
#include <ostream>
#include <set>

#include "base/text.h"
#include "cli/facts.h"
#include "cli/width.h"
#include "directory/fact_headers.h"
#include "store/disk.h"
#include "tables/csv.h"
#include "tables/encoding.h"
#include "tables/xlsx.h"

namespace vg::cli {

namespace {

constexpr char kOrganisations[] = "/api/v1/organisations";
constexpr std::size_t kMostOrganisationFile = std::size_t{256} << 20, kMostOrganisationTold = 20, kTitleRows = 20;
constexpr Column kOrganisationColumns[] = {{"READ", "read", true}, {"ADDED", "added", true}, {"SAME", "same", true}, {"REFUSED", "refused", true}, {"FACTS ADDED", "facts_added", true}, {"KEPT", "kept"}};

struct OrganisationRow {
    std::string path;
    std::size_t line = 0;
    std::map<std::string, std::string> cells;  // by field
    [[nodiscard]] std::string at(const std::string& field) const {
        const auto found = cells.find(field);
        return found == cells.end() ? "" : found->second;
    }
};

// The rows below the first row that names the column of names.
Result<std::vector<OrganisationRow>> organisation_rows(Call& call, const std::string& path) {
    const std::string bytes = path == "-" ? std::string{std::istreambuf_iterator<char>{call.streams.in}, {}} : TRY(store::read_whole(store::system_disk(), path, kMostOrganisationFile));
    tables::Table table;
    if (tables::may_be_xlsx(bytes)) {
        const tables::Workbook book = TRY(tables::read_xlsx(bytes));
        for (const tables::Sheet& sheet : book.sheets)
            if (sheet.visibility == tables::Visibility::visible && table.rows.empty()) table = sheet.table;
    } else {
        const tables::Decoded decoded = TRY(tables::to_text(bytes));
        table = tables::read_csv(decoded.text, {.separator = '\0'});
    }
    std::vector<std::string> fields;
    std::vector<OrganisationRow> rows;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const tables::Row& from = table.rows[i];
        if (fields.empty()) {
            if (i == kTitleRows) break;
            for (const std::string& cell : from.cells) fields.push_back(directory::field_of_header("organisation", cell).value_or(""));
            if (std::find(fields.begin(), fields.end(), "name") == fields.end()) fields.clear();
            continue;
        }
        OrganisationRow row{.path = path, .line = from.line, .cells = {}};
        for (std::size_t column = 0; column < std::min(fields.size(), from.cells.size()); ++column)
            if (const std::string text = nfc(trim(from.cells[column])); !fields[column].empty() && !text.empty()) row.cells[fields[column]] = text;
        if (!row.cells.empty()) rows.push_back(std::move(row));
    }
    if (fields.empty()) return fail(Code::bad_input, "no header is understood: one column is called name, Tên or Đơn vị");
    return rows;
}

class OrganisationImport {
public:
    explicit OrganisationImport(Call& call) : call_(call), dry_(call.has("dry-run")) {}

    Result<int> run() {
        TRY(ask_list(call_, kOrganisations, [&](const json::Value& item) {
            if (item.find("ended") == nullptr || item.find("ended")->is_null()) remember(item.text("name").value_or(""), item.text("id").value_or(""));
            return true;
        }));
        if (const auto parent = call_.option("parent")) parent_ = TRY(organisation_of(call_, *parent));
        from_ = TRY(time_option(call_, "from")).value_or("");
        std::vector<OrganisationRow> rows;
        for (const std::string& path : call_.arguments) {
            const std::string fact = path + ": ";
            auto more = TRY_IN(fact, organisation_rows(call_, path));
            std::move(more.begin(), more.end(), std::back_inserter(rows));
        }
        read_ = rows.size();
        TRY(place_all(std::move(rows)));
        TRY(send_facts());
        Printer printer = TRY(Printer::make(call_, kOrganisationColumns));
        printer.one(json::object({{"read", read_}, {"added", added_}, {"same", same_}, {"refused", refused_.size()}, {"facts_added", facts_added_}, {"kept", !dry_}}));
        for (std::size_t i = 0; i < std::min(refused_.size(), kMostOrganisationTold); ++i) call_.streams.err << "refused: " << printable(refused_[i]) << '\n';
        if (refused_.size() > kMostOrganisationTold) call_.streams.err << "refused: " << refused_.size() - kMostOrganisationTold << " more\n";
        for (const std::string& text : facts_refused_) call_.streams.err << "fact refused: " << printable(text) << '\n';
        return refused_.empty() && facts_refused_.empty() ? 0 : 3;
    }

private:
    void remember(const std::string& name, const std::string& id) { by_name_[fold(nfc(name))].insert(id); }
    void refuse(const OrganisationRow& row, const std::string& reason) { refused_.push_back(format("{}: line {}: {}", row.path, row.line, reason)); }

    // Those whose parent stands further down wait for it.
    Status place_all(std::vector<OrganisationRow> rows) {
        while (!rows.empty()) {
            std::set<std::string> named;
            for (const OrganisationRow& row : rows) named.insert(fold(row.at("name")));
            std::vector<OrganisationRow> waiting;
            const std::size_t before = rows.size();
            for (OrganisationRow& row : rows) {
                const std::string parent = fold(row.at("parent"));
                if (!parent.empty() && !by_name_.contains(parent) && named.contains(parent) && parent != fold(row.at("name"))) {
                    waiting.push_back(std::move(row));
                    continue;
                }
                TRY(place(row));
            }
            rows = std::move(waiting);
            if (rows.size() < before) continue;
            for (const OrganisationRow& row : rows) refuse(row, "its parent is below itself");
            break;
        }
        return {};
    }

    Status place(const OrganisationRow& row) {
        const std::string name = row.at("name");
        if (name.empty()) {
            refuse(row, "it has no name");
            return {};
        }
        std::string parent = parent_;
        if (const std::string wanted = row.at("parent"); !wanted.empty()) {
            const auto found = by_name_.find(fold(wanted));
            if (!parse_uuid(wanted) && (found == by_name_.end() || found->second.size() > 1)) {
                refuse(row, found == by_name_.end() ? format("there is no organisation {} to be its parent", wanted) : format("there are several organisations {}; name its parent by its id", wanted));
                return {};
            }
            parent = parse_uuid(wanted) ? wanted : *found->second.begin();
        }
        const auto there = by_name_.find(fold(name));
        if (there != by_name_.end() && there->second.size() > 1) {
            refuse(row, format("there are several organisations {}", name));
            return {};
        }
        std::string id;
        if (there != by_name_.end()) {
            ++same_;
            id = *there->second.begin();
        } else if (dry_) {
            ++added_;
            remember(name, name);
        } else {
            json::Value body = json::object({{"name", name}});
            if (!parent.empty()) body.set("parent", parent);
            const auto made = ask(call_, "POST", kOrganisations, body);
            if (!made) {
                if (made.error().code == Code::unavailable || made.error().code == Code::internal || made.error().code == Code::denied) return fail(made.error());
                refuse(row, made.error().text);
                return {};
            }
            ++added_;
            id = made->text("id").value_or("");
            remember(name, id);
        }
        if (parse_uuid(id)) note_facts_of(row, id);
        return {};
    }

    void note_facts_of(const OrganisationRow& row, const std::string& id) {
        const auto add = [&](std::string_view kind, json::Value body) {
            facts_.push_back(json::object({{"kind", kind}, {"organisation", id}, {"from", from_}, {"document", call_.option("document").value_or("")}, {"body", std::move(body)}}));
            facts_of_.push_back(format("{}: line {}", row.path, row.line));
        };
        if (const std::string kind = row.at("kind"); !kind.empty()) add("organisation_kind", json::object({{"kind", kind}}));
        for (const char* scheme : {"qcvn-102", "qd-20"})
            if (const std::string value = row.at(scheme); !value.empty()) add("identifier", json::object({{"scheme", scheme}, {"value", value}}));
        if (!row.at("name_en").empty() || !row.at("old").empty()) {
            json::Value body = json::object({{"vi", row.at("name")}});
            for (const auto& [field, member] : {std::pair{"name_en", "en"}, {"old", "old"}})
                if (const std::string value = row.at(field); !value.empty()) body.set(member, value);
            add("name", std::move(body));
        }
    }

    Status send_facts() {
        constexpr std::size_t kMost = 20'000;
        for (std::size_t at = 0; at < facts_.size(); at += kMost) {
            json::Array piece{facts_.begin() + static_cast<std::ptrdiff_t>(at), facts_.begin() + static_cast<std::ptrdiff_t>(std::min(facts_.size(), at + kMost))};
            const json::Value body = json::object({{"text", json::Value{std::move(piece)}.dump()}, {"preview", dry_}});
            const json::Value answer = TRY(ask(call_, "POST", "/api/v1/facts/import", body));
            facts_added_ += answer.integer("added").value_or(0) + answer.integer("changed").value_or(0);
            if (const json::Value* reasons = answer.find("reasons"); reasons != nullptr && reasons->is_array())
                for (const json::Value& one : reasons->as_array()) {
                    const std::size_t place = at + static_cast<std::size_t>(one.integer("line").value_or(1)) - 1;
                    facts_refused_.push_back(format("{}: {} {}", place < facts_of_.size() ? facts_of_[place] : "", one.text("field").value_or(""), one.text("reason").value_or("")));
                }
        }
        return {};
    }

    Call& call_;
    bool dry_;
    std::string parent_, from_;
    std::map<std::string, std::set<std::string>> by_name_;  // folded, to ids
    std::vector<json::Value> facts_;
    std::vector<std::string> facts_of_, refused_, facts_refused_;
    std::size_t read_ = 0, added_ = 0, same_ = 0;
    std::int64_t facts_added_ = 0;
};

}  // namespace

Result<int> import_organisations(Call& call) { return OrganisationImport{call}.run(); }

}  // namespace vg::cli
