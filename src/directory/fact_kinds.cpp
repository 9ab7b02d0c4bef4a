#include "directory/fact_kinds.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"

namespace vg::directory {

namespace {

using Form = FieldForm;

constexpr std::size_t kMostSort = 900;      // bytes: a cursor's part has at most 1,000
constexpr std::size_t kMostSearch = 2'000;  // bytes
constexpr std::string_view kNumbered[] = {"number"}, kNamedCode[] = {"code"}, kNamed[] = {"name"}, kOfDomain[] = {"domain"}, kOfHost[] = {"host"}, kOfContact[] = {"purpose", "channel", "value"},
                           kOfIdentifier[] = {"scheme", "value"}, kOfName[] = {"vi"}, kOfKind[] = {"kind"}, kOfOrganisation[] = {"organisation"}, kOfRange[] = {"range", "ports"};

constexpr FactField kRange[] = {
    {"range", Form::range, true, 0, 0, "", "a network or FIRST-LAST"},
    {"ports", Form::ports, false, 0, 0, "", "the ports that the claim is about; all without"},
    {"system", Form::text, false, 64, 0, "", "the code of the system behind it"},
    {"pool", Form::text, false, 64, 0, "", "the name of the NAT pool that it belongs to"},
    {"note", Form::text, false, 500, 0, "", ""},
};
constexpr FactField kAsn[] = {{"number", Form::asn, true, 0, 0, "", "of the autonomous system"}, {"name", Form::text, false, 200, 0, "", ""}};
constexpr FactField kDomain[] = {{"domain", Form::domain, true, 253, 0, "", "with all below it"}, {"system", Form::text, false, 64, 0, "", "the code of the system behind it"}};
constexpr FactField kPool[] = {
    {"name", Form::text, true, 64, 0, "", ""},
    {"public", Form::ranges, true, 64, 0, "", "what is seen from outside"},
    {"inside", Form::ranges, true, 256, 0, "", "the networks behind it"},
    {"note", Form::text, false, 500, 0, "", ""},
};
constexpr FactField kSystem[] = {
    {"code", Form::text, true, 64, 0, "", "by which other facts name it"},
    {"name", Form::text, true, 300, 0, "", "in Vietnamese"},
    {"name_en", Form::text, false, 300, 0, "", ""},
    {"level", Form::integer, false, 5, 1, "", "of the information system, 1 to 5"},
    {"decision", Form::text, false, 100, 0, "", "number of the decision that approved the level"},
    {"decision_date", Form::date, false, 0, 0, "", ""},
    {"regime", Form::text, false, 64, 0, "", "the law under which the level was approved"},
    {"owner", Form::organisation, false, 0, 0, "", "who decides about the system"},
    {"operator", Form::organisation, false, 0, 0, "", "who runs it and must report"},
    {"specialised", Form::organisation, false, 0, 0, "", "the specialised unit that answers for its security"},
};
constexpr FactField kMachine[] = {
    {"host", Form::text, true, 253, 0, "", "its name"},
    {"addresses", Form::ranges, false, 64, 0, "", ""},
    {"system", Form::text, false, 64, 0, "", "the code of the system that it belongs to"},
    {"note", Form::text, false, 500, 0, "", ""},
};
constexpr FactField kContact[] = {
    {"purpose", Form::word, true, 0, 0, "incident|technical|duty|leadership|legal|other", ""},
    {"channel", Form::word, true, 0, 0, "phone|email|fax|post|chat|portal", ""},
    {"value", Form::text, true, 254, 0, "", "the number or address"},
    {"person", Form::text, false, 200, 0, "", ""},
    {"hours", Form::text, false, 100, 0, "", "when somebody answers, such as 24/7"},
    {"key", Form::text, false, 200, 0, "", "fingerprint of the key to encrypt with"},
    {"last_tried", Form::date, false, 0, 0, "", "the day on which somebody last answered"},
};
constexpr FactField kIdentifier[] = {{"scheme", Form::word, true, 0, 0, "qcvn-102|qd-20", "the rule that numbers agencies"}, {"value", Form::text, true, 64, 0, "", ""}};
constexpr FactField kName[] = {{"vi", Form::text, true, 300, 0, "", "in Vietnamese"}, {"en", Form::text, false, 300, 0, "", ""}, {"old", Form::texts, false, 20, 0, "", "earlier names"}};
constexpr FactField kKind[] = {{"kind", Form::word, true, 0, 0, "ministry|province|commune|state-group|telco|platform|bank|school|hospital|other", ""}};
constexpr FactField kParent[] = {{"organisation", Form::organisation, true, 0, 0, "", "the one above it"}};
constexpr FactField kSuccessor[] = {{"organisation", Form::organisation, true, 0, 0, "", "the one that took over"}, {"note", Form::text, false, 500, 0, "", ""}};

constexpr FactKind kKinds[] = {
    {"range", "Addresses, with ports where they are shared.", kRange, kOfRange, true},
    {"asn", "An autonomous system.", kAsn, kNumbered, true},
    {"domain", "A domain with all below it.", kDomain, kOfDomain, true},
    {"pool", "A NAT pool: what is seen from outside, and the networks behind it.", kPool, kNamed, true},
    {"system", "An information system, with its level and who answers for it.", kSystem, kNamedCode},
    {"machine", "A machine.", kMachine, kOfHost},
    {"contact", "How somebody is reached.", kContact, kOfContact},
    {"identifier", "An agency identifier.", kIdentifier, kOfIdentifier, true},
    {"name", "What the organisation is called.", kName, kOfName},
    {"organisation_kind", "What kind of organisation it is.", kKind, kOfKind},
    {"parent", "The organisation above it; what accounts see does not change with it.", kParent, kOfOrganisation, true},
    {"successor", "The organisation that took over from it.", kSuccessor, kOfOrganisation, true},
};

tl::unexpected<Error> refuse(std::string_view field, std::string_view what) { return fail(Code::bad_input, format("field {}: {}", field, what)); }

std::size_t length_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

Result<std::string> text_in(const FactField& field, const json::Value& given) {
    if (!given.is_text()) return refuse(field.name, "is a text");
    std::string text = nfc(trim(given.as_text()));
    TRY(check_text(field.name, text, static_cast<std::size_t>(field.most)));
    return text;
}

// A list, or one text with ; between its items.
Result<std::vector<std::string>> items_in(const FactField& field, const json::Value& given) {
    std::vector<std::string> items;
    const auto add = [&](std::string_view item) {
        if (const std::string_view text = trim(item); !text.empty()) items.emplace_back(text);
    };
    if (given.is_text()) {
        for (const std::string_view item : split(given.as_text(), ';')) add(item);
    } else if (given.is_array()) {
        for (const json::Value& item : given.as_array()) {
            if (!item.is_text()) return refuse(field.name, "is a list of texts");
            add(item.as_text());
        }
    } else {
        return refuse(field.name, "is a list of texts");
    }
    if (items.size() > static_cast<std::size_t>(field.most)) return refuse(field.name, format("has at most {} items", field.most));
    return items;
}

Result<std::string> domain_in(const FactField& field, const json::Value& given) {
    if (!given.is_text()) return refuse(field.name, "is a text");
    std::string name = lower_ascii(trim(given.as_text()));
    if (name.ends_with('.')) name.pop_back();
    if (name.empty() || name.size() > 253) return refuse(field.name, "has 1 to 253 characters");
    for (const std::string_view label : split(name, '.')) {
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return refuse(field.name, "has labels of 1 to 63 letters, digits and hyphens, with dots between them");
        for (const char c : label)
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_') return refuse(field.name, "has ASCII letters, digits and hyphens; other letters stand in their xn-- form");
    }
    return name;
}

Result<std::int64_t> asn_in(const FactField& field, const json::Value& given) {
    std::optional<std::int64_t> number;
    if (given.is_int()) number = given.as_int();
    if (given.is_text()) {
        std::string_view text = trim(given.as_text());
        if (starts_with_ignoring_ascii_case(text, "as")) text = trim(text.substr(2));
        number = parse_int(text);
    }
    if (!number || *number < 1 || *number > 4'294'967'295) return refuse(field.name, "is the number of an autonomous system, such as AS45899");
    return *number;
}

Result<std::int64_t> integer_in(const FactField& field, const json::Value& given) {
    std::optional<std::int64_t> number;
    if (given.is_int()) number = given.as_int();
    if (given.is_text()) number = parse_int(trim(given.as_text()));
    if (!number || *number < field.least || *number > field.most) return refuse(field.name, format("is a number from {} to {}", field.least, field.most));
    return *number;
}

Result<std::string> date_in(const FactField& field, const json::Value& given) {
    const std::string text{given.is_text() ? trim(given.as_text()) : std::string_view{}};
    if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !parse_time(text + "T00:00:00Z")) return refuse(field.name, "is a day such as 2024-04-17");
    return text;
}

Result<std::string> word_in(const FactField& field, const json::Value& given) {
    const std::string word = given.is_text() ? lower_ascii(trim(given.as_text())) : "";
    const auto words = split(field.words, '|');
    if (std::find(words.begin(), words.end(), word) == words.end()) return refuse(field.name, format("is one of {}", field.words));
    return word;
}

std::string text_of(const PortRange& ports) { return ports.first == ports.last ? format("{}", ports.first) : format("{}-{}", ports.first, ports.last); }

// The value in its canonical form.
Result<json::Value> value_in(const FactField& field, const json::Value& given, FactShape& shape) {
    switch (field.form) {
        case Form::text: return TRY(text_in(field, given));
        case Form::word: return TRY(word_in(field, given));
        case Form::integer: return TRY(integer_in(field, given));
        case Form::asn: return TRY(asn_in(field, given));
        case Form::date: return TRY(date_in(field, given));
        case Form::domain: return TRY(domain_in(field, given));
        case Form::range: {
            const std::string fact = format("field {}: ", field.name);
            const AddressRange range = TRY_IN(fact, parse_range(given.is_text() ? given.as_text() : ""));
            return json::Value(range.text());
        }
        case Form::ports: {
            const std::string fact = format("field {}: ", field.name);
            const PortRange ports = TRY_IN(fact, parse_ports(given.is_int() ? format("{}", given.as_int()) : given.is_text() ? given.as_text() : ""));
            return json::Value(text_of(ports));
        }
        case Form::organisation: {
            const auto id = OrganisationId::parse(given.is_text() ? trim(given.as_text()) : std::string_view{});
            if (!id) return refuse(field.name, "is the id of an organisation");
            shape.links.push_back(*id);
            return json::Value(id->text());
        }
        case Form::texts: {
            json::Array items;
            const auto given_items = TRY(items_in(field, given));
            for (const std::string& item : given_items) {
                std::string text = nfc(item);
                TRY(check_text(field.name, text, 300));
                items.emplace_back(std::move(text));
            }
            return json::Value(std::move(items));
        }
        case Form::ranges: {
            const std::string fact = format("field {}: ", field.name);
            json::Array items;
            const auto given_items = TRY(items_in(field, given));
            for (const std::string& item : given_items) {
                const AddressRange range = TRY_IN(fact, parse_range(item));
                items.emplace_back(range.text());
            }
            return json::Value(std::move(items));
        }
    }
    return refuse(field.name, "cannot be read");
}

void add_words(std::string& search, const json::Value& value) {
    if (value.is_text()) search += value.as_text() + " ";
    if (value.is_array())
        for (const json::Value& item : value.as_array()) add_words(search, item);
}

bool is_nothing(const json::Value& value) { return value.is_null() || (value.is_text() && trim(value.as_text()).empty()) || (value.is_array() && value.as_array().empty()); }

// Addresses in the order of their numbers, the wider of two that begin together first.
std::string sort_of(const AddressRange& range) {
    const auto bytes = [](const Address& address) { return std::string_view{reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()}; };
    Address behind = range.last;
    for (std::uint8_t& byte : behind.bytes) byte = static_cast<std::uint8_t>(~byte);
    return to_hex(bytes(range.first)) + to_hex(bytes(behind));
}

}  // namespace

std::span<const FactKind> fact_kinds() { return kKinds; }

const FactKind* fact_kind(std::string_view name) {
    const auto found = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const FactKind& kind) { return kind.name == name; });
    return found == std::end(kKinds) ? nullptr : found;
}

Status check_text(std::string_view field, std::string_view text, std::size_t most) {
    if (!is_utf8(text)) return refuse(field, "is not UTF-8");
    if (text.empty() || text.size() > most * 4 || length_of(text) > most) return refuse(field, format("must have 1 to {} characters", most));
    if (!is_nfc(text)) return refuse(field, "must be in Unicode normal form C");
    if (trim(text) != text) return refuse(field, "must not begin or end with a space");
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return refuse(field, "must not hold control characters");
    return {};
}

Result<AddressRange> parse_range(std::string_view given) {
    const std::string_view text = trim(given);
    if (const auto network = parse_network(text)) {
        const std::size_t slash = text.find('/');
        const auto address = parse_address(text.substr(0, slash));
        if (address && *address != network->base) return fail(Code::bad_input, format("{} has bits behind its prefix; is {} meant?", text, network->text()));
        return range_of(*network);
    }
    std::size_t dash = text.find('-'), width = 1;
    if (dash == std::string_view::npos) dash = text.find("\u2013"), width = 3;  // as word processors write it
    const auto first = parse_address(trim(text.substr(0, dash)));
    const auto last = dash == std::string_view::npos ? std::nullopt : parse_address(trim(text.substr(dash + width)));
    if (!first || !last) return fail(Code::bad_input, "is a network such as 203.0.113.0/24, an address, or FIRST-LAST");
    if (first->is_v4() != last->is_v4()) return fail(Code::bad_input, "its first and last address are both IPv4 or both IPv6");
    if (*last < *first) return fail(Code::bad_input, "its first address is behind its last");
    return AddressRange{*first, *last};
}

Result<PortRange> parse_ports(std::string_view text) {
    const std::size_t dash = text.find('-');
    const auto first = parse_int(trim(text.substr(0, dash)));
    const auto last = dash == std::string_view::npos ? first : parse_int(trim(text.substr(dash + 1)));
    if (!first || !last || *first < 0 || *last > 65535 || *last < *first) return fail(Code::bad_input, "is a port or FIRST-LAST, 0 to 65535");
    return PortRange{static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(*last)};
}

Result<FactShape> shape_of(const FactKind& kind, const json::Value& body) {
    if (!body.is_object()) return refuse("body", "is an object");
    for (const auto& [name, value] : body.as_object()) {
        const bool known = std::any_of(kind.fields.begin(), kind.fields.end(), [&, wanted = std::string_view{name}](const FactField& field) { return field.name == wanted; });
        if (known) continue;
        std::vector<std::string> names;
        for (const FactField& field : kind.fields) names.emplace_back(field.name);
        const auto near = nearest(name, names);
        return refuse(shorten(to_valid_utf8(name), 64), near ? format("a {} has no such field; is {} meant?", kind.name, *near) : format("a {} has no such field", kind.name));
    }
    FactShape shape{.body = json::object({})};
    std::string words;
    for (const FactField& field : kind.fields) {
        const json::Value* given = body.find(field.name);
        if (given == nullptr || is_nothing(*given)) {
            if (field.required) return refuse(field.name, format("a {} must have it", kind.name));
            continue;
        }
        json::Value value = TRY(value_in(field, *given, shape));
        if (is_nothing(value)) continue;
        if (field.form != Form::organisation) add_words(words, value);
        shape.body.set(field.name, std::move(value));
    }
    if (kind.name == "range" && shape.body.find("system") != nullptr && shape.body.find("pool") != nullptr) return refuse("pool", "a range belongs to a system or to a pool");
    for (const std::string_view name : kind.subject) {
        const json::Value* part = shape.body.find(name);
        if (part == nullptr) continue;
        if (!shape.subject.empty()) shape.subject += ' ';
        shape.subject += name == "number" ? format("AS{}", part->as_int()) : part->as_text();
    }
    shape.sort = shorten(fold(shape.subject), kMostSort);
    if (kind.name == "range") {
        const AddressRange range = TRY(parse_range(shape.body.text("range").value_or("")));
        shape.sort = sort_of(range) + shape.body.text("ports").value_or("");
    }
    shape.search = shorten(fold(shape.subject + " " + words), kMostSearch);
    return shape;
}

}  // namespace vg::directory
