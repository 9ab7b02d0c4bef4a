// A bundle of STIX 2.1: an indicator each, the families as malware objects that the indicators indicate, marks as TLP. The same
// set gives the same ids, so that a reader that gets it twice has it once.
#include <array>
#include <map>

#include "base/bytes.h"
#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "intel/writers/writer.h"

namespace vg::intel {
namespace {

constexpr std::string_view kStrictId = "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003";

// An id made of what it stands for, in the form of a UUID of version 4, which STIX asks for.
std::string id_of(std::string_view type, std::string_view what) {
    const Sha256 hash = sha256(format("{}\n{}", type, what));
    Uuid uuid{};
    std::copy_n(hash.begin(), uuid.size(), uuid.begin());
    uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0F) | 0x40);
    uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3F) | 0x80);
    return format("{}--{}", type, to_text(uuid));
}

std::string stix_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\\' || c == '\'') out += '\\';
        out += c;
    }
    return out + "'";
}

// Nothing where STIX has no object for the kind.
std::string pattern_of(const Entry& entry) {
    const std::string value = stix_quoted(entry.text);
    switch (entry.kind) {
        case Kind::address:
        case Kind::network: return format("[ipv{}-addr:value = {}]", entry.text.find(':') == std::string::npos ? 4 : 6, value);
        case Kind::domain: return format("[domain-name:value = {}]", value);
        case Kind::url:
            // For every scheme.
            if (entry.text.starts_with("//")) return format("[url:value IN ({}, {})]", stix_quoted("http:" + entry.text), stix_quoted("https:" + entry.text));
            return format("[url:value = {}]", value);
        case Kind::hash: {
            const std::size_t size = entry.text.size();
            const std::string_view name = size == 32 ? "MD5" : size == 40 ? "'SHA-1'" : size == 64 ? "'SHA-256'" : "'SHA-512'";
            return format("[file:hashes.{} = {}]", name, value);
        }
        case Kind::email: return format("[email-addr:value = {}]", value);
        case Kind::user_agent: return format("[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = {}]", value);
        case Kind::file_name: return entry.text.find_first_of("/\\") == std::string::npos ? format("[file:name = {}]", value) : std::string{};
        case Kind::pattern: return entry.text;
        case Kind::ja3:
        case Kind::ja4: return {};
    }
    return {};
}

std::string_view marking_of(std::optional<Tlp> tlp) {
    if (!tlp) return {};
    switch (*tlp) {
        case Tlp::clear: return "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9";
        case Tlp::green: return "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da";
        case Tlp::amber: return "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";
        case Tlp::amber_strict: return kStrictId;
        case Tlp::red: return "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed";
    }
    return {};
}

// STIX wants three digits of the second in what says when an object was made.
std::string stamp(Time time) {
    std::string out = to_rfc3339(Time{time.micros / 1'000 * 1'000});
    if (out.find('.') == std::string::npos) out.insert(out.size() - 1, ".000");
    return out;
}

class Bundle {
public:
    explicit Bundle(const WriteOptions& options) : made_(stamp(options.made)) {}

    bool add(const Entry& entry) {
        const std::string pattern = pattern_of(entry);
        if (pattern.empty()) return false;
        json::Value out = json::object({{"type", "indicator"},
                                        {"spec_version", "2.1"},
                                        {"id", id_of("indicator", format("{}\n{}", detect::indicator::name_of(entry.kind), entry.text))},
                                        {"created", made_},
                                        {"modified", made_},
                                        {"name", entry.family.empty() ? entry.text : format("{}: {}", entry.family, entry.text)},
                                        {"indicator_types", json::array({"malicious-activity"})},
                                        {"pattern", pattern},
                                        {"pattern_type", "stix"},
                                        {"pattern_version", "2.1"},
                                        {"valid_from", entry.from ? stamp(*entry.from) : made_}});
        if (!entry.comment.empty()) out.set("description", entry.comment);
        if (entry.until) out.set("valid_until", stamp(*entry.until));
        if (entry.confidence) out.set("confidence", static_cast<int>(*entry.confidence));
        mark(out, entry.tlp);
        strict_ = strict_ || entry.tlp == Tlp::amber_strict;
        relate(*out.text("id"), entry);
        put(out);
        return true;
    }

    std::string finish() {
        put_families();
        if (strict_)
            put(json::object({{"type", "marking-definition"},
                              {"spec_version", "2.1"},
                              {"id", kStrictId},
                              {"created", "2022-10-01T00:00:00.000Z"},
                              {"name", "TLP:AMBER+STRICT"},
                              {"extensions", json::object({{"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d",
                                                            json::object({{"extension_type", "property-extension"}, {"tlp_2_0", "amber+strict"}})}})}}));
        const std::string id = id_of("bundle", objects_);
        // A bundle without objects has no member of that name.
        if (objects_.empty()) return format(R"({{"type":"bundle","id":"{}"}})", id) + "\n";
        return format(R"({{"type":"bundle","id":"{}","objects":[)", id) + objects_ + "]}\n";
    }

private:
    void relate(const std::string& indicator, const Entry& entry) {
        if (entry.family.empty()) return;
        std::optional<Tlp>& family_mark = families_[entry.family];
        family_mark = stricter(family_mark, entry.tlp);
        const std::string family = id_of("malware", entry.family);
        json::Value out = json::object({{"type", "relationship"},
                                        {"spec_version", "2.1"},
                                        {"id", id_of("relationship", indicator + family)},
                                        {"created", made_},
                                        {"modified", made_},
                                        {"relationship_type", "indicates"},
                                        {"source_ref", indicator},
                                        {"target_ref", family}});
        mark(out, entry.tlp);
        put(out);
    }

    // A family is as secret as the most secret of its indicators.
    void put_families() {
        for (const auto& [name, tlp] : families_) {
            json::Value out = json::object({{"type", "malware"}, {"spec_version", "2.1"}, {"id", id_of("malware", name)}, {"created", made_}, {"modified", made_}, {"name", name}, {"is_family", true}});
            mark(out, tlp);
            put(out);
        }
    }

    static void mark(json::Value& object, std::optional<Tlp> tlp) {
        if (const std::string_view marking = marking_of(tlp); !marking.empty()) object.set("object_marking_refs", json::array({marking}));
    }

    void put(const json::Value& value) {
        if (!objects_.empty()) objects_ += ",\n";
        value.dump_to(objects_);
    }

    std::string made_, objects_;
    std::map<std::string, std::optional<Tlp>> families_;
    bool strict_ = false;
};

Written write_stix(std::span<const Entry> entries, const WriteOptions& options) {
    Bundle bundle{options};
    Written out = write_each(entries, options, [&](const Entry& entry, std::string&) { return bundle.add(entry); });
    out.text = bundle.finish();
    return out;
}

}  // namespace

extern const Writer stix_writer{.name = "stix", .content_type = "application/stix+json;version=2.1", .about = "a bundle of STIX 2.1", .in_pieces = false, .write = write_stix};

}  // namespace vg::intel
