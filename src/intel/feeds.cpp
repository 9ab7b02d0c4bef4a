#include "intel/feeds.h"

#include <utility>

#include "base/text.h"

namespace vg::intel {
namespace {

using Int = std::int64_t;

std::string joined(const std::vector<std::string>& texts) {
    json::Array all;
    for (const std::string& text : texts) all.emplace_back(text);
    return json::Value{std::move(all)}.dump();
}

std::vector<std::string> parted(const std::string& text) {
    std::vector<std::string> out;
    const auto value = json::parse(text);
    if (value && value->is_array())
        for (const json::Value& one : value->as_array())
            if (one.is_text()) out.push_back(one.as_text());
    return out;
}

std::optional<Time> time_of(const std::optional<Int>& micros) { return micros ? std::optional{Time{*micros}} : std::nullopt; }
std::optional<Int> micros_of(const std::optional<Time>& time) { return time ? std::optional{time->micros} : std::nullopt; }

// One character, or none when there is no such member.
Result<char> letter_of(const json::Value& mapping, std::string_view member, char without) {
    const auto text = mapping.text(member);
    if (!text) return without;
    if (text->empty()) return '\0';
    if (text->size() != 1) return fail(Code::bad_input, format("field mapping: {} is one character", member));
    return text->front();
}

Result<std::vector<Feed>> feeds_where(store::Transaction& tx, const std::string& where, const store::Params& params) {
    std::vector<Feed> out;
    // In three pieces: a row has more columns than one query names.
    for (auto& [name, address, form, mapping, organisation, family, confidence, tlp, half_life, every] :
         TRY((tx.query<std::string, std::string, std::string, std::string, std::string, std::string, Int, Int, Int, Int>(
             "select name, address, form, mapping, organisation, family, confidence, tlp, half_life_days, every_minutes from indicator_feed " + where + " order by name", params)))) {
        Feed feed;
        feed.settings = {name, address, form, mapping, organisation, family, static_cast<int>(confidence), static_cast<Tlp>(tlp), static_cast<int>(half_life), static_cast<int>(every)};
        out.push_back(std::move(feed));
    }
    std::size_t at = 0;
    for (auto& [name, created, next, tried, success, change, error, failures, entries, refused, patterns] :
         TRY((tx.query<std::string, Int, Int, std::optional<Int>, std::optional<Int>, std::optional<Int>, std::string, Int, Int, Int, Int>(
             "select name, created, next, last_try, last_success, last_change, last_error, failures, entries, refused, patterns from indicator_feed " + where + " order by name", params)))) {
        if (at == out.size() || out[at].settings.name != name) continue;
        FeedStanding& standing = out[at++].standing;
        standing.created = {created};
        standing.next = {next};
        standing.last_try = time_of(tried);
        standing.last_success = time_of(success);
        standing.last_change = time_of(change);
        standing.last_error = error;
        standing.failures = failures, standing.entries = entries, standing.refused = refused, standing.patterns = patterns;
    }
    at = 0;
    for (auto& [name, etag, modified, fetched, held, since, held_entries, reasons, examples] :
         TRY((tx.query<std::string, std::string, std::string, std::string, std::string, std::optional<Int>, Int, std::string, std::string>(
             "select name, etag, last_modified, fetched, held, held_since, held_entries, reasons, examples from indicator_feed " + where + " order by name", params)))) {
        if (at == out.size() || out[at].settings.name != name) continue;
        FeedStanding& standing = out[at++].standing;
        standing.etag = etag, standing.last_modified = modified, standing.fetched = fetched, standing.held = held;
        standing.held_since = time_of(since);
        standing.held_entries = held_entries;
        standing.reasons = parted(reasons);
        standing.examples = parted(examples);
    }
    return out;
}

Status check(const FeedSettings& settings) {
    TRY(check_list_name(settings.name));
    const bool known = settings.address.starts_with("https://") || settings.address.starts_with("http://") || settings.address.starts_with("file:///") || settings.address.starts_with('/');
    if (!known) return fail(Code::bad_input, "field url: is http://..., https://..., or the absolute path of a file or folder");
    for (const char c : settings.address)
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) return fail(Code::bad_input, "field url: has characters that no address has");
    if (!settings.form.empty() && find_reader(settings.form) == nullptr) {
        std::string names;
        for (const Reader* reader : all_readers()) names += (names.empty() ? "" : ", ") + std::string{reader->name};
        return fail(Code::bad_input, "field form: is one of " + names);
    }
    if (!settings.mapping.empty()) TRY(mapping_of(settings.mapping));
    if (settings.every_minutes < 1) return fail(Code::bad_input, "field every_minutes: is 1 or more");
    return {};
}

}  // namespace

Result<CsvMapping> mapping_of(std::string_view text) {
    const json::Value given = TRY_IN("field mapping: ", json::parse(text, {.depth = 6, .bytes = 16 << 10}));
    CsvMapping mapping;
    if (!given.is_object()) return fail(Code::bad_input, "field mapping: is an object");
    if (const json::Value* columns = given.find("columns")) {
        const json::Value* values = columns->find("values");
        if (values == nullptr || !values->is_array() || values->as_array().empty()) return fail(Code::bad_input, "field mapping: columns.values names the columns of the values");
        for (const json::Value& value : values->as_array())
            if (value.is_text()) mapping.columns.values.push_back(value.as_text());
        for (const auto& [member, column] : {std::pair{"kind", &mapping.columns.kind}, {"family", &mapping.columns.family}, {"confidence", &mapping.columns.confidence}, {"tlp", &mapping.columns.tlp},
                                             {"from", &mapping.columns.from}, {"until", &mapping.columns.until}, {"comment", &mapping.columns.comment}})
            *column = columns->text(member).value_or("");
    }
    mapping.separator = TRY(letter_of(given, "separator", mapping.separator));
    mapping.quote = TRY(letter_of(given, "quote", mapping.quote));
    mapping.comment = given.text("comment").value_or(mapping.comment);
    mapping.header = given.boolean("header").value_or(true);
    return mapping;
}

Result<Feed> put_feed(store::Transaction& tx, const FeedSettings& settings, Time now) {
    TRY(check(settings));
    const auto known = TRY(find_feed(tx, settings.name));
    if (!known) {
        if (TRY(find_list(tx, settings.name))) return fail(Code::conflict, format("field name: there is a list {} already, imported by hand", settings.name));
        const auto count = TRY((tx.first<Int>("select count(*) from indicator_feed")));
        if (count && std::get<0>(*count) >= static_cast<Int>(kMostFeeds)) return fail(Code::too_large, format("there are {} feeds already", kMostFeeds));
    }
    // What is said of it anew holds for all its values: so they are fetched and read again.
    TRY(tx.run("insert into indicator_feed (name, address, form, mapping, organisation, family, confidence, tlp, half_life_days, every_minutes, created, next, last_error, failures, entries, refused, patterns, "
               "etag, last_modified, fetched, held, held_entries, reasons, examples) values (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j, :k, :l, '', 0, 0, 0, 0, '', '', '', '', 0, '[]', '[]') "
               "on conflict (name) do update set address = excluded.address, form = excluded.form, mapping = excluded.mapping, organisation = excluded.organisation, family = excluded.family, "
               "confidence = excluded.confidence, tlp = excluded.tlp, half_life_days = excluded.half_life_days, every_minutes = excluded.every_minutes, next = excluded.next, etag = '', last_modified = '', fetched = ''",
               {settings.name, settings.address, settings.form, settings.mapping, settings.organisation, settings.family, settings.confidence, static_cast<Int>(settings.tlp), settings.half_life_days, settings.every_minutes, now.micros,
                now.micros}));
    auto feed = TRY(find_feed(tx, settings.name));
    if (!feed) return fail(Code::internal, "the feed was not kept");
    return std::move(*feed);
}

Result<std::vector<Feed>> feeds(store::Transaction& tx) { return feeds_where(tx, "", {}); }

Result<std::optional<Feed>> find_feed(store::Transaction& tx, std::string_view name) {
    auto found = TRY(feeds_where(tx, "where name = :n", {name}));
    if (found.empty()) return std::optional<Feed>{};
    return std::optional{std::move(found.front())};
}

Status save_standing(store::Transaction& tx, std::string_view name, const FeedStanding& now) {
    TRY(tx.run("update indicator_feed set next = :a, last_try = :b, last_success = :c, last_change = :d, last_error = :e, failures = :f, entries = :g, refused = :h, patterns = :i, etag = :j, last_modified = :k, "
               "fetched = :l, held = :m, held_since = :n, held_entries = :o, reasons = :p, examples = :q where name = :r",
               {now.next.micros, micros_of(now.last_try), micros_of(now.last_success), micros_of(now.last_change), now.last_error, now.failures, now.entries, now.refused, now.patterns, now.etag, now.last_modified, now.fetched,
                now.held, micros_of(now.held_since), now.held_entries, joined(now.reasons), joined(now.examples), name}));
    return {};
}

Result<bool> remove_feed(store::Transaction& tx, std::string_view name, Time now) {
    const auto gone = TRY(tx.run("delete from indicator_feed where name = :n", {name}));
    if (gone > 0) TRY(end(tx, name, std::nullopt, now));
    return gone > 0;
}

}  // namespace vg::intel
