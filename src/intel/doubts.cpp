#include "intel/doubts.h"

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"
#include "base/yaml.h"
#include "store/disk.h"

namespace vg::intel {
namespace {

constexpr std::size_t kMostFile = std::size_t{4} << 20;

Result<Time> date_of(const json::Value& entry, std::string_view member) {
    const auto text = entry.text(member);
    const auto time = text ? parse_time(*text + "T00:00:00Z") : std::nullopt;
    if (!time) return fail(Code::bad_input, format("field {}: is a date such as 2012-04-01", member));
    return *time;
}

}  // namespace

Status Doubts::add_shared(std::string_view text, Time now) {
    const auto documents = TRY(yaml::parse(text));
    for (const yaml::Document& document : documents) {
        if (!document.value.is_array()) return fail(Code::bad_input, "it is no list of entries");
        for (const json::Value& entry : document.value.as_array()) {
            const std::string name = entry.text("name").value_or("");
            const auto why = entry.text("why");
            const std::int64_t percent = entry.integer("percent").value_or(50);
            if (name.empty()) return fail(Code::bad_input, "an entry has no name");
            const std::string fact = format("entry \"{}\": ", shorten(name, 80));
            if (why != "carrier-nat" && why != "shared-hosting") return fail(Code::bad_input, fact + "field why: is carrier-nat or shared-hosting");
            if (percent < 0 || percent > 100) return fail(Code::bad_input, fact + "field percent: is 0 to 100");
            const Time from = TRY_IN(fact, date_of(entry, "from"));
            if (from > now) continue;
            if (entry.find("until") != nullptr && TRY_IN(fact, date_of(entry, "until")) <= now) continue;
            const std::string source = entry.text("source").value_or("");
            const std::string known = format("{} ({})", name, places_.size());
            for (const auto& [member, type, attribute] : {std::tuple{"networks", "cidr", "ip-dst"}, {"names", "string", "domain"}}) {
                const json::Value* values = entry.find(member);
                if (values == nullptr) continue;
                if (!values->is_array()) return fail(Code::bad_input, format("{}field {}: is a list", fact, member));
                const json::Value list = json::object({{"name", known}, {"type", type}, {"matching_attributes", json::array({attribute})}, {"list", *values}});
                TRY_IN(fact, shared_.add(list.dump()));
                if (const Warninglist& added = *shared_.lists().back(); added.refused > 0) return fail(Code::bad_input, format("{}field {}: {} of its values cannot be read", fact, member, added.refused));
            }
            places_[known] = {format("{}: {}{}", why == "carrier-nat" ? "many customers of a carrier share it" : "many unrelated sites share it", name, source.empty() ? "" : " (" + source + ")"), static_cast<int>(percent)};
        }
    }
    return {};
}

Result<std::shared_ptr<const Doubts>> Doubts::load(const DoubtSources& sources) {
    auto doubts = std::make_shared<Doubts>();
    std::string seen;
    if (!sources.warninglists.empty()) {
        std::error_code error;
        if (!std::filesystem::is_directory(sources.warninglists, error)) return fail(Code::not_found, format("there is no folder {}", sources.warninglists));
        LoadedWarninglists loaded = TRY(load_warninglists(sources.warninglists));
        doubts->lists_ = std::move(loaded.lists);
        doubts->refused_ = std::move(loaded.refused);
        seen = loaded.fingerprint;
    }
    for (const std::string& file : sources.shared) {
        const std::string text = TRY(store::read_whole(store::system_disk(), file, kMostFile));
        TRY_IN(file + ": ", doubts->add_shared(text, sources.now));
        seen += sha256_hex(text);
    }
    doubts->shared_.build();
    for (const auto& [name, place] : doubts->places_) seen += name + place.reason + std::to_string(place.percent);  // those that hold now
    doubts->fingerprint_ = seen.empty() ? "" : sha256_hex(seen).substr(0, 32);
    return doubts;
}

std::optional<Doubt> Doubts::about(Kind kind, std::string_view text) const {
    if (kind == Kind::pattern) return std::nullopt;  // it is no value, and may well name one to leave it out
    if (lists_.has(kind, text)) {
        const auto warnings = lists_.find(kind, text);
        if (!warnings.empty()) return Doubt{.reason = format("on the warninglist \"{}\"{}", warnings.front().list->name, warnings.size() > 1 ? format(" and {} more", warnings.size() - 1) : "")};
    }
    if (!shared_.has(kind, text)) return std::nullopt;
    std::optional<Doubt> lowest;
    for (const Warning& warning : shared_.find(kind, text)) {
        const auto place = places_.find(warning.list->name);
        if (place == places_.end() || (lowest && lowest->percent <= place->second.percent)) continue;
        lowest = Doubt{.reason = place->second.reason, .caution = true, .percent = place->second.percent};
    }
    return lowest;
}

void Doubts::apply(indicator::Entry& entry) const {
    if (std::all_of(entry.by.begin(), entry.by.end(), [](const indicator::Attribution& by) { return by.allowed; })) return;
    const auto doubt = about(entry.value.kind, entry.value.text);
    if (!doubt) return;
    for (indicator::Attribution& by : entry.by) {
        if (by.allowed) continue;
        if (doubt->caution) by.confidence = static_cast<std::uint8_t>(by.confidence * doubt->percent / 100);
        if (!by.warning.empty()) continue;  // the sender's own
        by.warning = doubt->reason;
        by.caution = doubt->caution;
    }
}

}  // namespace vg::intel
