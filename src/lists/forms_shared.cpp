#include <array>

#include "base/text.h"
#include "lists/forms.h"
#include "lists/words.h"

namespace vg::lists {

namespace {

std::string member_text(const json::Value& object, std::string_view name) {
    const json::Value* found = object.find(name);
    if (found == nullptr) return {};
    if (found->is_text()) return found->as_text();
    return found->is_int() ? format("{}", found->as_int()) : std::string{};
}

// Types that say a place in the network; others are no one that could be affected.
constexpr std::array<std::string_view, 10> kPlaces{"ip-src", "ip-dst", "ip-src|port", "ip-dst|port", "domain", "hostname", "hostname|port", "domain|ip", "url", "uri"};

bool is_place(std::string_view type) {
    for (const std::string_view one : kPlaces)
        if (one == type) return true;
    return false;
}

class MispRows {
public:
    explicit MispRows(FormTable& into) : into_(into) {}

    void any(const json::Value& value, int depth) {
        if (depth > 4) return;
        if (value.is_array()) {
            for (const json::Value& item : value.as_array()) any(item, depth + 1);
            return;
        }
        if (!value.is_object()) return;
        if (const json::Value* response = value.find("response")) return any(*response, depth + 1);
        if (const json::Value* event = value.find("Event"); event != nullptr && event->is_object()) return one_event(*event);
        one_event(value);
    }

    void finish() const {
        if (others_ > 0) into_.remarks.push_back(format("{} attributes are no addresses, names or pages and are passed over", others_));
        if (deleted_ > 0) into_.remarks.push_back(format("{} attributes were deleted by their author and are passed over", deleted_));
    }

private:
    void one_event(const json::Value& event) {
        attributes(event, event);
        const json::Value* objects = event.find("Object");
        if (objects == nullptr || !objects->is_array()) return;
        for (const json::Value& object : objects->as_array()) attributes(event, object);
    }

    void attributes(const json::Value& event, const json::Value& of) {
        const json::Value* list = of.find("Attribute");
        if (list == nullptr) return;
        if (list->is_object()) return one(event, *list);
        if (!list->is_array()) return;
        for (const json::Value& attribute : list->as_array()) one(event, attribute);
    }

    void one(const json::Value& event, const json::Value& attribute) {
        const std::string type = member_text(attribute, "type"), value = member_text(attribute, "value");
        if (const auto deleted = attribute.boolean("deleted"); deleted && *deleted) {
            ++deleted_;
            return;
        }
        if (!is_place(type) || value.empty()) {
            ++others_;
            return;
        }
        const std::size_t bar = value.rfind('|');
        if (type.find('|') != std::string::npos && bar != std::string::npos) {
            const std::string first = value.substr(0, bar), second = value.substr(bar + 1), name = type.substr(0, type.find('|'));
            if (type.ends_with("|ip")) {
                into_.set(name, first);
                into_.set("domain-ip", second);
            } else {
                into_.set(name, first.find(':') != std::string::npos ? format("[{}]:{}", first, second) : format("{}:{}", first, second));
            }
        } else {
            into_.set(type, value);
        }
        into_.set("misp type", type);
        into_.set("misp event", member_text(event, "uuid"));
        into_.set("info", member_text(event, "info"));
        into_.set("category", member_text(attribute, "category"));
        into_.set("comment", member_text(attribute, "comment"));
        into_.set("first_seen", member_text(attribute, "first_seen"));
        into_.set("last_seen", member_text(attribute, "last_seen"));
        into_.set("timestamp", member_text(attribute, "timestamp"));
        into_.end_row(++number_);
    }

    FormTable& into_;
    std::size_t number_ = 0, others_ = 0, deleted_ = 0;
};

class StixRows {
public:
    StixRows(const json::Array& objects, FormTable& into) : into_(into) {
        for (const json::Value& object : objects)
            if (auto id = object.text("id")) by_id_.emplace(std::move(*id), &object);
        for (const json::Value& object : objects) {
            ++number_;
            const std::string type = member_text(object, "type");
            if (type == "observed-data") observed(object);
            else if (type == "indicator") indicator(object);
        }
    }

private:
    [[nodiscard]] const json::Value* find(const json::Value* inner, const std::string& reference) const {
        if (inner != nullptr)
            if (const json::Value* found = inner->find(reference)) return found;
        const auto known = by_id_.find(reference);
        return known == by_id_.end() ? nullptr : known->second;
    }

    void set_end(const json::Value* inner, const json::Value& traffic, std::string_view reference, std::string_view name) {
        const auto id = traffic.text(reference);
        const json::Value* end = id ? find(inner, *id) : nullptr;
        if (end != nullptr) into_.set(name, member_text(*end, "value"));
    }

    void object_in(const json::Value* inner, const json::Value& object) {
        const std::string type = member_text(object, "type");
        if (type == "network-traffic") {
            set_end(inner, object, "src_ref", "network-traffic src");
            set_end(inner, object, "dst_ref", "network-traffic dst");
            into_.set("src_port", member_text(object, "src_port"));
            into_.set("dst_port", member_text(object, "dst_port"));
            if (const json::Value* protocols = object.find("protocols"); protocols != nullptr && protocols->is_array() && !protocols->as_array().empty() && protocols->as_array().back().is_text())
                into_.set("protocol", protocols->as_array().back().as_text());
        } else if (type == "ipv4-addr" || type == "ipv6-addr" || type == "domain-name" || type == "url") {
            into_.set(type, member_text(object, "value"));
        }
    }

    void common(const json::Value& object) {
        into_.set("stix id", member_text(object, "id"));
        into_.set("stix type", member_text(object, "type"));
        into_.set("name", member_text(object, "name"));
    }

    void observed(const json::Value& object) {
        common(object);
        into_.set("first_observed", member_text(object, "first_observed"));
        into_.set("last_observed", member_text(object, "last_observed"));
        const json::Value* inner = object.find("objects");
        if (inner != nullptr && inner->is_object())
            for (const auto& [id, one] : inner->as_object()) object_in(inner, one);
        if (const json::Value* references = object.find("object_refs"); references != nullptr && references->is_array())
            for (const json::Value& reference : references->as_array())
                if (const json::Value* one = reference.is_text() ? find(nullptr, reference.as_text()) : nullptr) object_in(nullptr, *one);
        into_.end_row(number_);
    }

    // Values that are compared by = alone; what an indicator names is seldom who is affected, so that it is asked.
    void indicator(const json::Value& object) {
        const std::string pattern = member_text(object, "pattern");
        bool any = false;
        for (const std::string_view type : {"ipv4-addr", "ipv6-addr", "domain-name", "url"}) {
            const std::string path = format("{}:value", type);
            for (std::size_t at = pattern.find(path); at != std::string::npos; at = pattern.find(path, at + 1)) {
                std::string_view rest = tidy(std::string_view{pattern}.substr(at + path.size()));
                if (!rest.starts_with('=')) continue;
                rest = tidy(rest.substr(1));
                const std::size_t close = rest.size() > 1 && rest.front() == '\'' ? rest.find('\'', 1) : std::string_view::npos;
                if (close == std::string_view::npos) continue;
                into_.set(format("indicator {}", type), rest.substr(1, close - 1));
                any = true;
            }
        }
        if (!any) return into_.refuse(number_, "the indicator's pattern names no address, name or page", pattern);
        common(object);
        into_.set("valid_from", member_text(object, "valid_from"));
        into_.end_row(number_);
    }

    FormTable& into_;
    std::map<std::string, const json::Value*> by_id_;
    std::size_t number_ = 0;
};

}  // namespace

bool looks_like_misp(const json::Value& document) {
    const json::Value* one = &document;
    for (int depth = 0; depth < 4; ++depth) {
        if (one->is_array()) {
            if (one->as_array().empty()) return false;
            one = &one->as_array()[0];
            continue;
        }
        if (!one->is_object()) return false;
        if (one->find("Event") != nullptr || one->find("Attribute") != nullptr) return true;
        if (one->find("Object") != nullptr && one->find("uuid") != nullptr && one->find("info") != nullptr) return true;
        one = one->find("response");
        if (one == nullptr) return false;
    }
    return false;
}

void read_misp_events(const json::Value& document, FormTable& into) {
    MispRows rows{into};
    rows.any(document, 0);
    rows.finish();
}

bool looks_like_stix(const json::Value& document) {
    return document.is_object() && document.text("type") == "bundle" && document.find("objects") != nullptr && document.find("objects")->is_array();
}

void read_stix_bundle(const json::Value& document, FormTable& into) { StixRows{document.find("objects")->as_array(), into}; }

bool read_xarf_mail(std::string_view text, FormTable& into) {
    if (text.size() > (std::size_t{1} << 20)) return false;
    const std::size_t at = text.find("Reported-From:");
    if (at == std::string_view::npos || text.find("Report-Type:") == std::string_view::npos || text.find("Source:") == std::string_view::npos) return false;
    // The block ends with an empty line or a boundary of the mail; it may begin before this member.
    const std::size_t before = text.rfind("\n---", at);
    std::size_t begin = before == std::string_view::npos ? at : text.find('\n', before + 1) + 1;
    if (begin > at) begin = at;
    std::size_t members = 0;
    for (std::size_t line = begin; line < text.size();) {
        const std::size_t end = std::min(text.find('\n', line), text.size());
        const std::string_view one = tidy(text.substr(line, end - line));
        line = end + 1;
        if (one.empty() && members > 0) break;
        if (one.starts_with("--")) {
            if (members > 0) break;
            continue;
        }
        const std::size_t colon = one.find(':');
        if (colon == std::string_view::npos || colon == 0 || colon > 60) continue;
        std::string_view value = tidy(one.substr(colon + 1));
        if (value.size() > 1 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front()) value = value.substr(1, value.size() - 2);
        into.set(one.substr(0, colon), value);
        ++members;
    }
    if (members < 3) return false;
    into.end_row(1);
    return true;
}

}  // namespace vg::lists
