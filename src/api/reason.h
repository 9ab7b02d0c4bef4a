// Reasons by code. The program says in English why something was refused or failed; of the sentences that people meet in the console
// each has a code here, and the parts that differ from time to time are its values, so that the console can say it in their
// language. Any thread.
//
//   add_reason(body, "too many failed sign-ins; try again in 30 seconds");   // "reason_code":"sign-in-pause","reason_values":["30"]
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace vg::api {

struct KnownReason {
    std::string_view code, text;  // "{}" in it: a value
};
std::span<const KnownReason> known_reasons();

struct Reason {
    std::string_view code;
    std::vector<std::string> values;
};
// Of several that fit the one that says the most itself. Nothing when none does.
std::optional<Reason> reason_of(std::string_view text);

// Sets "reason_code" and, when there are any, "reason_values"; nothing when the text is none that is known.
void add_reason(json::Value& object, std::string_view text);
// Members of a schema that add_reason() may set.
#define VG_REASON R"("reason_code":{"$ref":"#/components/schemas/Reason"},"reason_values":{"type":"array","items":{"type":"string"},"description":"what the reason names, in its order"})"
// The JSON Schema "Reason": all codes.
json::Value reason_schema();

}  // namespace vg::api
