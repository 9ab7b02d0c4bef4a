#include "api/list_reading.h"

#include <algorithm>
#include <unordered_map>

#include "api/fields.h"
#include "api/list_view.h"
#include "base/text.h"

namespace vg::api {

namespace {

constexpr std::size_t kMostOrganisationsShown = 50;

json::Value lines_of(const std::vector<std::pair<std::size_t, std::string>>& lines) {
    json::Array out;
    for (const auto& [line, text] : lines) out.push_back(json::object({{"line", line}, {"text", text}}));
    return out;
}

json::Value texts_of(const std::vector<std::string>& texts) {
    json::Array out;
    for (const std::string& text : texts) out.emplace_back(text);
    return out;
}

json::Value column_value(const lists::Column& column) {
    return json::object({{"index", column.index},
                         {"header", column.header},
                         {"key", column.key},
                         {"role", name_of(column.role)},
                         {"decided", column.decided},
                         {"suggestion", column.suggestion ? json::Value{name_of(*column.suggestion)} : json::Value{}},
                         {"grounds", column.grounds},
                         {"filled", column.filled},
                         {"addresses", column.addresses},
                         {"times", column.times},
                         {"numbers", column.numbers},
                         {"samples", texts_of(column.samples)}});
}

json::Value row_value(const lists::RowView& row) {
    constexpr std::string_view kOutcomes[] = {"accepted", "duplicate", "rejected"};
    json::Value out = json::object({{"line", row.line}, {"outcome", kOutcomes[static_cast<std::size_t>(row.outcome)]}, {"cells", texts_of(row.cells)}, {"read_as", texts_of(row.read_as)}});
    if (row.outcome == lists::Outcome::duplicate) out.set("duplicate_of", row.duplicate_of);
    if (row.outcome == lists::Outcome::rejected) {
        out.set("column", row.column).set("reason", row.reason);
        add_reason(out, row.reason);
    }
    return out;
}

json::Value attribution_value(Ask& ask, const lists::Reading& reading) {
    const lists::Attributor attributor = attributor_of(ask.context);
    lists::Counts counts;
    std::unordered_map<std::string, std::int64_t> organisations;
    std::vector<lists::Row> rows;
    const std::span<const lists::Record> records{reading.records};
    for (std::size_t at = 0; at < records.size(); at += lists::kBatch) {
        lists::attribute(records.subspan(at, std::min(lists::kBatch, records.size() - at)), reading.letter, ask.context.clock.now(), attributor, rows);
        for (const lists::Row& row : rows) {
            ++lists::count_of(counts, row.kind);
            if (row.organisation) ++organisations[row.organisation->text()];
        }
    }
    std::vector<std::pair<std::string, std::int64_t>> most{organisations.begin(), organisations.end()};
    std::sort(most.begin(), most.end(), [](const auto& a, const auto& b) { return a.second != b.second ? a.second > b.second : a.first < b.first; });
    json::Array shown;
    for (std::size_t i = 0; i < std::min(most.size(), kMostOrganisationsShown); ++i)
        shown.push_back(json::object({{"id", most[i].first}, {"name", organisation_name(ask.context, OrganisationId::parse(most[i].first).value_or(OrganisationId{}))}, {"rows", most[i].second}}));
    return json::object({{"owner", counts.owner}, {"conflict", counts.conflict}, {"gap", counts.gap}, {"nobody", counts.nobody}, {"organisations", std::move(shown)}});
}

}  // namespace

Result<lists::ReadOptions> read_options(const json::Value& body, std::string_view name, const std::vector<lists::Profile>& profiles, Time now) {
    lists::ReadOptions options;
    options.name = name;
    options.profiles = profiles;
    options.now = now;
    if (const auto encoding = body.text("encoding")) {
        options.encoding = tables::encoding_of(*encoding);
        if (!options.encoding) return fail(Code::bad_input, "field encoding: is utf-8, utf-16le, utf-16be, windows-1258, tcvn3 or vni");
    }
    options.sheet = body.text("sheet").value_or("");
    if (const auto line = body.integer("header_line")) options.header_line = static_cast<std::size_t>(*line);
    options.columns = TRY(columns_of(body));
    if (const auto order = body.text("date_order")) options.date_order = *order == "day-first" ? lists::DateOrder::day_first : lists::DateOrder::month_first;
    options.zone = body.text("zone").value_or("");
    if (!options.zone.empty() && !is_zone(options.zone)) return fail(Code::bad_input, "field zone: must be an IANA zone such as Asia/Ho_Chi_Minh");
    options.profile = body.text("profile").value_or("");
    const bool known = options.profile.empty() || options.profile == "none" || std::any_of(profiles.begin(), profiles.end(), [&](const lists::Profile& one) { return one.name == options.profile; });
    if (!known) return fail(Code::bad_input, format("field profile: there is no profile {}", shorten(options.profile, 64)));
    if (const json::Value* letter = body.find("letter"); letter != nullptr && letter->is_object())
        options.letter = {.issuer = nfc(trim(letter->text("issuer").value_or(""))), .number = nfc(trim(letter->text("number").value_or(""))), .date = letter->text("date").value_or(""),
                          .subject = nfc(trim(letter->text("subject").value_or(""))), .urgency = nfc(trim(letter->text("urgency").value_or("")))};
    if (!options.letter.date.empty() && !parse_time(options.letter.date + "T00:00:00Z")) return fail(Code::bad_input, "field letter.date: is a date such as 2026-11-28");
    return options;
}

Result<json::Value> reading_value(Ask& ask, const lists::Reading& reading, std::string_view series) {
    json::Array columns, questions, rows;
    for (const lists::Column& column : reading.columns) columns.push_back(column_value(column));
    for (const lists::Question& question : reading.questions) questions.push_back(json::object({{"about", question.about}, {"text", question.text}, {"choices", texts_of(question.choices)}}));
    for (const lists::RowView& row : reading.views) rows.push_back(row_value(row));
    const std::string into = series.empty() ? lists::series_of(reading) : std::string{series};
    json::Value same_as, previous;
    if (reading.questions.empty()) {
        const Time now = ask.context.clock.now();
        const std::string content = lists::hash_of(reading.records);
        TRY(ask.context.state.read([&](store::Transaction& tx) -> Status {
            if (const auto known = TRY(lists::known_as(tx, reading, content, now))) same_as = list_reference(*known);
            if (const auto before = TRY(lists::previous_of(tx, into, lists::place_in_series(reading, now), std::nullopt))) previous = list_reference(*before);
            return {};
        }));
    }
    return json::object({{"form", reading.form},
                         {"encoding", reading.encoding ? json::Value{tables::name_of(*reading.encoding)} : json::Value{}},
                         {"encoding_grounds", reading.encoding_grounds},
                         {"separator", reading.separator == 0 ? std::string{} : std::string(1, reading.separator)},
                         {"sheet", reading.sheet},
                         {"sheets", texts_of(reading.sheets)},
                         {"header_line", reading.header_line},
                         {"title", lines_of(reading.title)},
                         {"footer", lines_of(reading.footer)},
                         {"letter", json::object({{"issuer", reading.letter.issuer}, {"number", reading.letter.number}, {"date", reading.letter.date}, {"subject", reading.letter.subject}, {"urgency", reading.letter.urgency}})},
                         {"profile", reading.profile},
                         {"zone", reading.zone},
                         {"zone_grounds", reading.zone_grounds},
                         {"date_order", !reading.date_order ? json::Value{} : json::Value{*reading.date_order == lists::DateOrder::day_first ? "day-first" : "month-first"}},
                         {"date_grounds", reading.date_grounds},
                         {"columns", std::move(columns)},
                         {"questions", std::move(questions)},
                         {"remarks", texts_of(reading.remarks)},
                         {"counts", json::object({{"read", reading.read}, {"accepted", reading.accepted}, {"duplicate", reading.duplicate}, {"rejected", reading.rejected}, {"records", reading.records.size()}})},
                         {"rows", std::move(rows)},
                         {"attribution", attribution_value(ask, reading)},
                         {"series", into},
                         {"same_as", std::move(same_as)},
                         {"previous", std::move(previous)}});
}

}  // namespace vg::api
