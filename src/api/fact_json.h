// A fact of the directory as the API shows it. Room-internal.
#pragma once

#include "api/fields.h"
#include "directory/directory.h"
#include "directory/facts.h"

namespace vg::api {

json::Value fact_json(const directory::Fact& fact, const directory::Snapshot& directory);

// The schema "Fact" of openapi.json.
inline constexpr NamedSchema kFactSchema{"Fact", R"({"type":"object","required":["number","kind","organisation","organisation_name","subject","body","from","until","document","state","claimed_by","claimed","approved_by","approved","reason","replaces","version"],
    "properties":{"number":{"type":"integer","description":"by which people cite it"},"kind":{"type":"string"},"organisation":{"type":"string","format":"uuid"},"organisation_name":{"type":"string"},
    "subject":{"type":"string","description":"what it is about, made of the body"},"body":{"type":"object","description":"the fields of its kind","additionalProperties":{}},"from":{"type":"string","format":"date-time"},
    "until":{"type":["string","null"],"format":"date-time","description":"it was true before then; null: until further notice"},"document":{"type":"string"},"state":{"type":"string","enum":["proposed","approved","refused"]},
    "claimed_by":{"type":"string"},"claimed":{"type":"string","format":"date-time"},"approved_by":{"type":"string","description":"who approved or refused it; empty: nobody yet"},"approved":{"type":["string","null"],"format":"date-time"},
    "reason":{"type":"string","description":"why it was refused, ended or withdrawn"},"replaces":{"type":["integer","null"],"description":"the fact that ends or is withdrawn when this one is approved"},
    "version":{"type":"integer"}},"additionalProperties":false})"};

}  // namespace vg::api
