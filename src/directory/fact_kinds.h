// What facts of the directory can be about: each kind is a list of fields, from which the check of a body, the columns of an
// import and the API's answers are made. A new kind is one more list in fact_kinds.cpp. Pure; any thread.
//
//   const FactKind* kind = fact_kind("range");
//   const FactShape shape = TRY(shape_of(*kind, *json::parse(R"({"range":"203.0.113.0/24"})")));   // shape.subject: "203.0.113.0/24"
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/json.h"
#include "base/result.h"
#include "directory/attribution.h"

namespace vg::directory {

enum class FieldForm : std::uint8_t {
    text,          // NFC, no control characters, at most `most` characters
    texts,         // a list of such, or one text with ; between them
    word,          // one of `words`
    integer,       // `least` to `most`
    asn,           // "AS45899" or 45899
    date,          // "2024-04-17"
    range,         // a network, or FIRST-LAST; both IPv4 or both IPv6
    ranges,        // a list of such
    ports,         // "1024-2047" or "443"
    domain,        // of ASCII letters, in lower case; the whole of what is below it
    organisation,  // an id
};

struct FactField {
    std::string_view name;
    FieldForm form = FieldForm::text;
    bool required = false;
    std::int64_t most = 200, least = 0;  // characters; of an integer its bounds; of a list the items
    std::string_view words = {};         // with | between them
    std::string_view about = {};
};

struct FactKind {
    std::string_view name;
    std::string_view about;
    std::span<const FactField> fields;
    // The fields that say what it is about; two facts of an organisation with the same are about the same thing.
    std::span<const std::string_view> subject;
    bool contested = false;  // others might claim the same: settled by whoever answers for the whole node (settling.h)
};

std::span<const FactKind> fact_kinds();
const FactKind* fact_kind(std::string_view name);

// A body as it is kept: fields in the order of the kind, values in their canonical form.
struct FactShape {
    json::Value body;
    std::string subject;
    std::string sort;                    // lists are in this order: addresses by their number, texts folded
    std::string search;                  // folded: what a person may look for
    std::vector<OrganisationId> links;   // organisations that the body names
};

// Code::bad_input begins with "field NAME: ".
Result<FactShape> shape_of(const FactKind& kind, const json::Value& body);

// A network without bits behind its prefix, a single address, or FIRST-LAST.
Result<AddressRange> parse_range(std::string_view text);
Result<PortRange> parse_ports(std::string_view text);
// 1 to `most` characters of NFC without control characters or blanks at its ends.
Status check_text(std::string_view field, std::string_view text, std::size_t most);

}  // namespace vg::directory
