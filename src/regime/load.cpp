#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "base/time.h"
#include "base/yaml.h"
#include "regime/regime.h"

namespace vg::regime {

namespace {

constexpr std::array<std::string_view, 5> kUnits = {"immediately", "hour", "day", "working-day", "date"};
constexpr std::array<std::string_view, 4> kMatters = {"incident", "order", "period", "change"};

template <std::size_t N>
std::optional<std::size_t> place_in(const std::array<std::string_view, N>& names, std::string_view name) {
    for (std::size_t i = 0; i < N; ++i)
        if (names[i] == name) return i;
    return std::nullopt;
}

// A clock with a word that nobody reads would be a clock that means something else.
Status only_known(const json::Value& value, std::initializer_list<std::string_view> known) {
    if (!value.is_object()) return fail(Code::bad_input, "is no object with members");
    for (const auto& [key, member] : value.as_object())
        if (std::find(known.begin(), known.end(), key) == known.end()) return fail(Code::bad_input, format("{}: is unknown here", key));
    return {};
}

Result<Validity> validity_of(const json::Value& value) {
    Validity out;
    const auto from = parse_day(value.text("from").value_or(""));
    if (!from) return fail(Code::bad_input, "from: is missing or no day such as 2024-05-01");
    out.from = *from;
    if (const json::Value* given = value.find("until"); given != nullptr && !given->is_null()) {
        out.until = given->is_text() ? parse_day(given->as_text()) : std::nullopt;
        if (!out.until || !(out.from < *out.until)) return fail(Code::bad_input, "until: is no day behind from");
    }
    return out;
}

Result<std::vector<std::string>> words_of(const json::Value& value, std::string_view name) {
    std::vector<std::string> out;
    const json::Value* list = value.find(name);
    if (list == nullptr) return out;
    if (!list->is_array()) return fail(Code::bad_input, format("{}: is no list", name));
    for (const json::Value& one : list->as_array()) {
        if (!one.is_text() || one.as_text().empty()) return fail(Code::bad_input, format("{}: holds something that is no word", name));
        out.push_back(one.as_text());
    }
    return out;
}

Result<Clock> clock_of(const json::Value& value, const std::string& regime) {
    TRY(only_known(value, {"id", "title", "title_vi", "basis", "matter", "from", "until", "starts", "when", "unless", "within", "before", "extends", "to", "satisfied_by", "note", "note_vi", "checked", "practice"}));
    Clock out;
    out.id = value.text("id").value_or("");
    out.regime = regime;
    out.title = value.text("title").value_or("");
    out.title_vi = value.text("title_vi").value_or("");
    out.basis = value.text("basis").value_or("");
    for (const auto& [name, text] : {std::pair{"id", &out.id}, {"title", &out.title}, {"title_vi", &out.title_vi}, {"basis", &out.basis}})
        if (text->empty()) return fail(Code::bad_input, format("{}: is missing", name));
    const auto matter = place_in(kMatters, value.text("matter").value_or("incident"));
    if (!matter) return fail(Code::bad_input, "matter: is one of incident, order, period, change");
    out.matter = static_cast<Matter>(*matter);
    out.valid = TRY(validity_of(value));
    out.starts = value.text("starts").value_or("");
    out.when = TRY(words_of(value, "when"));
    out.unless = TRY(words_of(value, "unless"));
    out.to = TRY(words_of(value, "to"));
    out.satisfied_by = TRY(words_of(value, "satisfied_by"));
    out.extends = value.boolean("extends").value_or(false);
    out.note = value.text("note").value_or("");
    out.note_vi = value.text("note_vi").value_or("");
    out.checked = value.boolean("checked").value_or(false);
    out.practice = value.boolean("practice").value_or(false);
    if (out.matter == Matter::period) {
        const std::string before = value.text("before").value_or("");
        const auto day = parse_day("2000-" + before);
        if (!day || before == "02-29") return fail(Code::bad_input, "before: is no day of each year such as 06-20");
        out.unit = Unit::date;
        out.month = static_cast<int>(*parse_int(before.substr(0, 2)));
        out.day = static_cast<int>(*parse_int(before.substr(3, 2)));
        return out;
    }
    if (out.starts.empty()) return fail(Code::bad_input, "starts: is missing");
    // "immediately", "24 hour", "5 day", "5 working-day"
    const std::string within = value.text("within").value_or("");
    const auto space = within.find(' ');
    const auto unit = place_in(kUnits, space == std::string::npos ? within : within.substr(space + 1));
    const auto count = space == std::string::npos ? std::optional<std::int64_t>{0} : parse_int(within.substr(0, space));
    if (!unit || !count || static_cast<Unit>(*unit) == Unit::date || (static_cast<Unit>(*unit) == Unit::immediately) != (space == std::string::npos) || *count < 0 || *count > 10'000 ||
        (space != std::string::npos && *count == 0))
        return fail(Code::bad_input, format("within: '{}' is none of: immediately, 24 hour, 5 day, 5 working-day", within));
    out.unit = static_cast<Unit>(*unit);
    out.count = static_cast<int>(*count);
    return out;
}

Result<json::Value> one_document(const std::string& text) {
    auto documents = TRY(yaml::parse(text));
    if (documents.size() != 1 || !documents.front().value.is_object()) return fail(Code::bad_input, "is not one document with members");
    return std::move(documents.front().value);
}

Result<const json::Array*> list_of(const json::Value& document, std::string_view name) {
    const json::Value* list = document.find(name);
    if (list == nullptr || !list->is_array()) return fail(Code::bad_input, format("{}: is missing or no list", name));
    return &list->as_array();
}

// Within one key, spans of validity that overlap would leave open which of them counts.
template <class T, class Key>
Status no_overlap(const std::vector<T>& all, Key key) {
    for (std::size_t i = 0; i < all.size(); ++i)
        for (std::size_t j = i + 1; j < all.size(); ++j) {
            const Validity &a = all[i].valid, &b = all[j].valid;
            if (key(all[i]) == key(all[j]) && (!a.until || b.from < *a.until) && (!b.until || a.from < *b.until)) return fail(Code::bad_input, format("{}: two hold on the same day", key(all[i])));
        }
    return {};
}

}  // namespace

Result<Regime> Regime::read(const std::map<std::string, std::string>& files) {
    Regime out;
    for (const auto& [name, text] : files) {
        const std::string where = name + ": ";
        const json::Value document = TRY_IN(where, one_document(text));
        if (name == "calendar.yaml") {
            out.zone_ = document.text("zone").value_or("");
            if (out.zone_.empty() || !is_zone(out.zone_)) return fail(Code::bad_input, where + "zone: is no zone");
            out.calendar_ = TRY_IN(where, Calendar::read(document));
        } else if (name == "authorities.yaml") {
            for (const json::Value& one : *TRY_IN(where, list_of(document, "authorities"))) {
                TRY_IN(where, only_known(one, {"role", "name", "name_vi", "from", "until", "source", "checked"}));
                Authority authority{.role = one.text("role").value_or(""), .name = one.text("name").value_or(""), .name_vi = one.text("name_vi").value_or(""), .valid = {}, .source = one.text("source").value_or(""),
                                    .checked = one.boolean("checked").value_or(false)};
                authority.valid = TRY_IN(where + authority.role + ": ", validity_of(one));
                if (authority.role.empty() || authority.name_vi.empty() || authority.source.empty()) return fail(Code::bad_input, where + "one has no role, name_vi or source");
                out.authorities_.push_back(std::move(authority));
            }
            TRY_IN(where, no_overlap(out.authorities_, [](const Authority& one) { return one.role; }));
        } else if (name == "terms.yaml") {
            for (const json::Value& one : *TRY_IN(where, list_of(document, "terms"))) {
                Term term{.key = one.text("key").value_or(""), .vi = one.text("vi").value_or(""), .en = one.text("en").value_or(""), .valid = {}};
                term.valid = TRY_IN(where + term.key + ": ", validity_of(one));
                if (term.key.empty() || term.vi.empty() || term.en.empty()) return fail(Code::bad_input, where + "one has no key, vi or en");
                out.terms_.push_back(std::move(term));
            }
            TRY_IN(where, no_overlap(out.terms_, [](const Term& one) { return one.key; }));
        } else if (name.starts_with("clocks/")) {
            const std::string regime = document.text("regime").value_or("");
            if (regime.empty()) return fail(Code::bad_input, where + "regime: is missing");
            if (!document.boolean("overlay").value_or(false)) out.regimes_.emplace_back(regime, TRY_IN(where, validity_of(document)));
            for (const json::Value& one : *TRY_IN(where, list_of(document, "clocks"))) {
                Clock clock = TRY_IN(where + one.text("id").value_or("a clock") + ": ", clock_of(one, regime));
                if (std::any_of(out.clocks_.begin(), out.clocks_.end(), [&](const Clock& other) { return other.id == clock.id; })) return fail(Code::bad_input, where + clock.id + ": stands there twice");
                out.circumstances_.insert(clock.when.begin(), clock.when.end());
                out.circumstances_.insert(clock.unless.begin(), clock.unless.end());
                if (!clock.starts.empty()) out.events_.insert(clock.starts);
                out.clocks_.push_back(std::move(clock));
            }
        } else {
            return fail(Code::bad_input, where + "is no file of regimes");
        }
    }
    out.events_.insert({"changed", "detected", "received"});
    if (out.zone_.empty()) return fail(Code::bad_input, "calendar.yaml: is missing");
    return out;
}

Result<Regime> load(const std::filesystem::path& folder) {
    namespace fs = std::filesystem;
    std::map<std::string, std::string> files;
    for (const auto& [inside, prefix] : {std::pair{folder, std::string{}}, {folder / "clocks", std::string{"clocks/"}}}) {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator{inside, error}) {
            if (entry.path().extension() != ".yaml") continue;
            std::ifstream stream{entry.path(), std::ios::binary};
            std::ostringstream bytes;
            bytes << stream.rdbuf();
            if (!stream) return fail(Code::unavailable, format("{} cannot be read", entry.path().string()));
            files.emplace(prefix + entry.path().filename().string(), bytes.str());
        }
        if (error) return fail(Code::unavailable, format("the folder {} cannot be read: {}", inside.string(), error.message()));
    }
    return Regime::read(files);
}

}  // namespace vg::regime
