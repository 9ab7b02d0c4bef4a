// Rows of lists: as they are kept, and as they are read back.
#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"
#include "lists/tables.h"
#include "lists/worklist.h"
#include "store/many.h"

namespace vg::lists {

namespace {

constexpr std::string_view kColumns = "list, number, line, subject, port, seen, first_seen, family, details, kind, organisation, fact, system, level";
constexpr std::size_t kColumnCount = 14;

// What is only shown. By the names of roles.
json::Value details_of(const Record& record) {
    json::Value out{json::Object{}};
    const auto text = [&](Role role, const std::string& value) {
        if (!value.empty()) out.set(name_of(role), value);
    };
    if (!record.host.empty()) out.set("host", record.host);
    if (!record.url.empty()) out.set("url", record.url);
    text(Role::c2, record.c2), text(Role::destination, record.destination), text(Role::protocol, record.protocol), text(Role::unit, record.unit), text(Role::province, record.province);
    text(Role::provider, record.provider), text(Role::hostname, record.hostname), text(Role::sector, record.sector), text(Role::report, record.report), text(Role::source, record.source);
    text(Role::level, record.level), text(Role::note, record.note);
    if (record.c2_port) out.set(name_of(Role::c2_port), std::int64_t{*record.c2_port});
    if (record.destination_port) out.set(name_of(Role::destination_port), std::int64_t{*record.destination_port});
    if (record.asn) out.set(name_of(Role::asn), std::int64_t{*record.asn});
    if (!record.others.empty()) {
        json::Value others{json::Object{}};
        for (const auto& [header, value] : record.others) others.as_object().emplace_back(header, value);
        out.set("others", std::move(others));
    }
    return out;
}

std::optional<std::uint16_t> port_in(const json::Value& details, Role role) {
    const auto number = details.integer(name_of(role));
    return number ? std::optional{static_cast<std::uint16_t>(*number)} : std::nullopt;
}

void read_details(const json::Value& details, Record& record) {
    const auto text = [&](Role role) { return details.text(name_of(role)).value_or(""); };
    record.host = details.text("host").value_or(""), record.url = details.text("url").value_or("");
    record.c2 = text(Role::c2), record.destination = text(Role::destination), record.protocol = text(Role::protocol), record.unit = text(Role::unit), record.province = text(Role::province);
    record.provider = text(Role::provider), record.hostname = text(Role::hostname), record.sector = text(Role::sector), record.report = text(Role::report), record.source = text(Role::source);
    record.level = text(Role::level), record.note = text(Role::note);
    record.c2_port = port_in(details, Role::c2_port), record.destination_port = port_in(details, Role::destination_port);
    if (const auto asn = details.integer(name_of(Role::asn))) record.asn = static_cast<std::uint32_t>(*asn);
    if (const json::Value* others = details.find("others"); others != nullptr && others->is_object())
        for (const auto& [header, value] : others->as_object())
            if (value.is_text()) record.others.emplace_back(header, value.as_text());
}

store::Params parameters_of(const List& list, const Row& row) {
    const Record& record = row.record;
    store::Params params;
    params.reserve(kColumnCount);
    params.emplace_back(list.id.text());
    params.emplace_back(row.number);
    params.emplace_back(static_cast<std::int64_t>(record.line));
    params.emplace_back(subject_of(record));
    params.emplace_back(std::int64_t{record.port.value_or(0)});
    params.emplace_back(record.seen.value_or(Time{}).micros);
    params.emplace_back(record.first_seen.value_or(Time{}).micros);
    params.emplace_back(record.family);
    params.emplace_back(details_of(record).dump());
    params.emplace_back(name_of(row.kind));
    params.emplace_back(organisation_text(row.organisation));
    params.emplace_back(row.fact);
    params.emplace_back(row.system);
    params.emplace_back(std::int64_t{row.level});
    return params;
}

}  // namespace

std::string subject_of(const Record& record) {
    if (record.address) return record.address->text();
    return record.host.empty() ? record.url : record.host;
}

std::string key_of(std::string_view text) { return fold(trim(text)); }

std::string victim_key(const Record& record) { return sha256_hex(subject_of(record) + '\0' + key_of(record.family)).substr(0, 24); }

std::string hit_of(std::string_view series, std::string_view organisation, std::string_view victim) {
    if (organisation.empty()) return {};
    return std::string{victim} + sha256_hex(format("{}\n{}", organisation, series)).substr(0, 8);
}

Status insert_rows(store::Transaction& tx, const List& list, std::span<const Row> rows) {
    store::Many many{format("insert into list_row ({}) values ", kColumns), kColumnCount};
    for (const Row& row : rows) many.add(parameters_of(list, row));
    TRY(many.run(tx));
    return {};
}

Status insert_rejected(store::Transaction& tx, const ListId& id, std::int64_t first_number, std::span<const RowView> rows) {
    for (const RowView& row : rows) {
        json::Array cells;
        for (const std::string& cell : row.cells) cells.emplace_back(cell);
        TRY(tx.run("insert into list_rejected (list, number, line, place, reason, cells) values (:a, :b, :c, :d, :e, :f)",
                   {id.text(), first_number++, static_cast<std::int64_t>(row.line), static_cast<std::int64_t>(row.column), row.reason, json::Value{std::move(cells)}.dump()}));
    }
    return {};
}

Result<std::vector<Row>> read_rows(store::Transaction& tx, std::string_view rest, const store::Params& params) {
    using Int = std::int64_t;
    using Text = std::string;
    std::vector<Row> found;
    auto rows = TRY((tx.query<Int, Int, Text, Int, Int, Int, Text, Text, Text, Text, Int, Text, Int>(
        format("select number, line, subject, port, seen, first_seen, family, details, kind, organisation, fact, system, level from list_row {}", rest), params)));
    for (auto& [number, line, subject, port, seen, first_seen, family, details, kind, organisation, fact, system, level] : rows) {
        Row row;
        row.number = number;
        row.record.line = static_cast<std::size_t>(line);
        const json::Value said = TRY(json::parse(details));
        read_details(said, row.record);
        row.record.address = parse_address(subject);
        if (port != 0) row.record.port = static_cast<std::uint16_t>(port);
        if (seen != 0) row.record.seen = Time{seen};
        if (first_seen != 0) row.record.first_seen = Time{first_seen};
        row.record.family = std::move(family);
        row.kind = whose_named(kind).value_or(Whose::gap);
        row.organisation = TRY(organisation_of(organisation));
        row.fact = fact, row.system = std::move(system), row.level = static_cast<int>(level);
        found.push_back(std::move(row));
    }
    return found;
}

Result<std::vector<Row>> rows(store::Transaction& tx, const access::Scope& scope, const ListId& id, const RowFilter& filter, std::int64_t after, std::size_t limit) {
    store::Params params{id.text(), after};
    std::string where = "where list = :l and number > :n";
    if (filter.kind) {
        where += " and kind = :k";
        params.emplace_back(name_of(*filter.kind));
    }
    if (filter.organisations) where += access::Scope::of(*filter.organisations).condition("organisation", params);
    where += scope.condition("organisation", params);
    params.emplace_back(limit);
    return read_rows(tx, where + " order by number limit :m", params);
}

Result<std::map<std::int64_t, std::vector<Said>>> said_before(store::Transaction& tx, const ListId& id, std::int64_t first, std::int64_t last) {
    std::map<std::int64_t, std::vector<Said>> found;
    using Int = std::int64_t;
    using Text = std::string;
    const auto rows = TRY((tx.query<Int, Int, Text, Text, Text, Int, Text, Int>(
        "select number, changed, changed_by, kind, organisation, fact, system, by_fact from list_row_said where list = :l and number >= :a and number <= :b order by number, turn", {id.text(), first, last})));
    for (const auto& [number, changed, by, kind, organisation, fact, system, by_fact] : rows) {
        const auto whose = TRY(organisation_of(organisation));
        found[number].push_back({.changed = {changed}, .by = by, .kind = whose_named(kind).value_or(Whose::gap), .organisation = whose, .fact = fact, .system = system, .by_fact = by_fact});
    }
    return found;
}

Result<std::vector<RowView>> rejected(store::Transaction& tx, const ListId& id, std::int64_t after, std::size_t limit) {
    std::vector<RowView> found;
    const auto rows = TRY((tx.query<std::int64_t, std::int64_t, std::string, std::string>(
        "select line, place, reason, cells from list_rejected where list = :l and number > :n order by number limit :m", {id.text(), after, limit})));
    for (const auto& [line, place, reason, cells] : rows) {
        RowView view{.line = static_cast<std::size_t>(line), .outcome = Outcome::rejected, .column = static_cast<std::size_t>(place), .reason = reason, .cells = {}, .read_as = {}};
        const json::Value written = TRY(json::parse(cells));
        if (written.is_array())
            for (const json::Value& cell : written.as_array()) view.cells.push_back(cell.is_text() ? cell.as_text() : "");
        found.push_back(std::move(view));
    }
    return found;
}

}  // namespace vg::lists
