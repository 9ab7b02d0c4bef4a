// The part of JSON Schema (2020-12) that our routes use, and the check of a value against it. One text serves as the
// check of a request and as its description in openapi.json, so that the two cannot differ. Pure.
//
// Known: type, properties, required, additionalProperties (false or a schema), items, enum, minLength, maxLength, minimum,
// maximum, minItems, maxItems, format (uuid, date-time) and $ref to a component. Others are for readers only.
#pragma once

#include <functional>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace vg::api {

// Finds the schema that "$ref" names; nullptr when there is none.
using FindSchema = std::function<const json::Value*(std::string_view ref)>;

// bad_input "field a.b: ..." at the first place where the value does not fit.
Status conforms(const json::Value& schema, const json::Value& value, const FindSchema& find = {});

}  // namespace vg::api
