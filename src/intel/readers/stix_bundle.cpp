// STIX 2.0 and 2.1: the indicators of a bundle or of a TAXII envelope. Patterns of the common forms become values; the others
// are entries as they stand. Malware, groups and campaigns that an indicator "indicates" are its family, markings its TLP.
#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/json.h"
#include "base/text.h"
#include "intel/readers/reader.h"
#include "intel/stix/compile.h"

namespace vg::intel::of_stix_bundle {
namespace {

constexpr std::size_t kMostBytes = std::size_t{512} << 20;

struct KnownMarking {
    std::string_view id;
    Tlp tlp;
};
// STIX 2.1, section 7.2.1.4, and the TLP 2.0 extension of OASIS.
constexpr std::array kMarkings{KnownMarking{"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", Tlp::clear},  KnownMarking{"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", Tlp::green},
                               KnownMarking{"marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", Tlp::amber},  KnownMarking{"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", Tlp::red},
                               KnownMarking{"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", Tlp::clear},  KnownMarking{"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", Tlp::green},
                               KnownMarking{"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", Tlp::amber},  KnownMarking{"marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", Tlp::amber_strict},
                               KnownMarking{"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", Tlp::red}};

// The nearer to a family a related object is, the lower.
int rank_of(std::string_view type) {
    static constexpr std::array<std::string_view, 6> kTypes{"malware", "intrusion-set", "threat-actor", "campaign", "tool", "infrastructure"};
    return static_cast<int>(std::find(kTypes.begin(), kTypes.end(), type) - kTypes.begin());
}
constexpr int kNoFamily = 6;

class StixReader {
public:
    explicit StixReader(const Input& input) : input_(input), out_(input.limits) {}

    Reading run() {
        const auto document = json::parse(input_.bytes, {.bytes = std::min(kMostBytes, input_.limits.bytes)});
        if (!document) {
            out_.refuse({}, "it is no JSON: " + document.error().text, input_.bytes.substr(0, 100));
            return out_.finish();
        }
        gather(*document);
        for (const auto& [id, object] : objects_)
            if (object->text("type") == "marking-definition") learn_marking(id, *object);
        for (const json::Value* relation : relations_) learn_relation(*relation);
        for (const json::Value* indicator : indicators_) {
            if (out_.is_full()) break;
            read_indicator(*indicator);
        }
        return out_.finish();
    }

private:
    void gather(const json::Value& document) {
        if (document.is_array()) {
            for (const json::Value& value : document.as_array())
                if (value.is_object()) gather(value);
            return;
        }
        const json::Value* objects = document.find("objects");
        if (objects && objects->is_array()) {
            for (const json::Value& object : objects->as_array()) gather_one(object);
        } else {
            gather_one(document);
        }
    }

    void gather_one(const json::Value& object) {
        const auto type = object.text("type");
        if (!type) return;
        if (const auto id = object.text("id")) objects_.emplace(*id, &object);
        if (*type == "indicator") indicators_.push_back(&object);
        if (*type == "relationship") relations_.push_back(&object);
    }

    void learn_marking(const std::string& id, const json::Value& marking) {
        const json::Value* definition = marking.find("definition");
        std::string word = definition && definition->is_object() ? definition->text("tlp").value_or("") : "";
        const std::string name = marking.text("name").value_or("");
        if (word.empty() && lower_ascii(name).starts_with("tlp:")) word = name;
        if (const auto tlp = detect::indicator::parse_tlp(word)) markings_[id] = *tlp;
    }

    void learn_relation(const json::Value& relation) {
        if (relation.text("relationship_type") != "indicates" || relation.boolean("revoked").value_or(false)) return;
        const auto source = relation.text("source_ref"), target = relation.text("target_ref");
        if (!source || !target) return;
        const auto found = objects_.find(*target);
        const std::string name = found == objects_.end() ? "" : found->second->text("name").value_or("");
        const int rank = rank_of(target->substr(0, target->find("--")));
        if (rank == kNoFamily || name.empty()) return;
        const auto [entry, added] = families_.try_emplace(*source, rank, name);
        if (!added && rank < entry->second.first) entry->second = {rank, name};
    }

    std::optional<Tlp> tlp_of(const json::Value& object) const {
        std::optional<Tlp> out;
        const json::Value* references = object.find("object_marking_refs");
        if (!references || !references->is_array()) return input_.about.tlp;
        for (const json::Value& reference : references->as_array()) {
            if (!reference.is_text()) continue;
            for (const KnownMarking& known : kMarkings)
                if (known.id == reference.as_text()) out = stricter(out, known.tlp);
            if (const auto found = markings_.find(reference.as_text()); found != markings_.end()) out = stricter(out, found->second);
        }
        return out ? out : input_.about.tlp;
    }

    static bool is_benign(const json::Value& indicator) {
        for (const char* name : {"indicator_types", "labels"}) {
            const json::Value* types = indicator.find(name);
            if (!types || !types->is_array()) continue;
            for (const json::Value& type : types->as_array())
                if (type.is_text() && type.as_text() == "benign") return true;
        }
        return false;
    }

    void read_indicator(const json::Value& indicator) {
        const std::string id = indicator.text("id").value_or("an indicator without an id");
        const Where place{.text = id};
        const std::string text = indicator.text("pattern").value_or("");
        const std::string type = lower_ascii(indicator.text("pattern_type").value_or("stix"));
        if (indicator.boolean("revoked").value_or(false)) return out_.refuse(place, "it was revoked by its author", text);
        if (type != "stix") return out_.refuse(place, format("patterns of the type \"{}\" are not read", shorten(type, 40)), text);
        if (is_benign(indicator)) return out_.refuse(place, "its author calls it benign", text);
        const auto pattern = detect::stix::parse_pattern(text);
        if (!pattern) return out_.refuse(place, "the pattern: " + pattern.error().text, text);
        const auto problems = detect::stix::check(*pattern);
        if (!problems.empty()) return out_.refuse(place, "the pattern: " + problems.front(), text);
        Entry about = input_.about;
        about.tlp = tlp_of(indicator);
        if (const auto found = families_.find(id); found != families_.end()) about.family = found->second.second;
        const auto confidence = indicator.integer("confidence");
        if (confidence && *confidence >= 0 && *confidence <= 100) about.confidence = static_cast<std::uint8_t>(*confidence);
        if (const auto from = parse_when(indicator.text("valid_from").value_or(""))) about.from = from;
        if (const auto until = parse_when(indicator.text("valid_until").value_or(""))) about.until = until;
        const std::string name = indicator.text("name").value_or("");
        if (!name.empty()) about.comment = name;
        const stix::Compiled compiled = stix::compile(*pattern);
        for (const stix::CompiledValue& value : compiled.values) {
            Entry one = about;
            if (value.role != Role::unknown) one.role = value.role;
            one.port = value.port;
            if (value.from && (!one.from || *one.from < *value.from)) one.from = value.from;
            if (value.until && (!one.until || *value.until < *one.until)) one.until = value.until;
            out_.add(value.kind, value.text, one, place);
        }
        if (!compiled.reason.empty()) out_.add(Kind::pattern, text, about, place);
    }

    const Input& input_;
    Collector out_;
    std::unordered_map<std::string, const json::Value*> objects_;
    std::unordered_map<std::string, Tlp> markings_;
    std::unordered_map<std::string, std::pair<int, std::string>> families_;  // by indicator
    std::vector<const json::Value*> indicators_, relations_;
};

Reading read(const Input& input) { return StixReader{input}.run(); }

bool sniff(std::string_view bytes, std::string_view) {
    const std::string_view start = trim(bytes.substr(0, 65'536));
    if (!start.starts_with('{') && !start.starts_with('[')) return false;
    const bool wrapped = start.find("\"bundle\"") != std::string_view::npos || start.find("\"objects\"") != std::string_view::npos;
    return wrapped || start.find("\"pattern\"") != std::string_view::npos;
}

}  // namespace

extern const Reader stix_bundle{.name = "stix", .about = "indicators of STIX 2.0 and 2.1 bundles", .sniff = sniff, .read = read};

}  // namespace vg::intel::of_stix_bundle
