// A Reading as the answer to an upload: what was found, what is asked, what became of each row and whose they are. Room-internal.
#pragma once

#include <string_view>
#include <vector>

#include "api/api.h"
#include "api/reason.h"
#include "lists/lists.h"

namespace vg::api {

// The options of a body of /read and /keep. `profiles` outlives them.
Result<lists::ReadOptions> read_options(const json::Value& body, std::string_view name, const std::vector<lists::Profile>& profiles, Time now);

// With whose the rows are now, the list that says the same, and the one before it in its series.
Result<json::Value> reading_value(Ask& ask, const lists::Reading& reading, std::string_view series);

inline constexpr std::string_view kListReadingSchema = R"({"type":"object","required":["form","encoding","encoding_grounds","separator","sheet","sheets","header_line","title","footer","letter","profile","zone",
    "zone_grounds","date_order","date_grounds","columns","questions","remarks","counts","rows","attribution","same_as","previous","series"],"properties":{
    "form":{"type":"string"},"encoding":{"type":["string","null"]},"encoding_grounds":{"type":"string"},"separator":{"type":"string"},"sheet":{"type":"string"},"sheets":{"type":"array","items":{"type":"string"}},
    "header_line":{"type":"integer","description":"0: there is none"},
    "title":{"type":"array","items":{"type":"object","required":["line","text"],"properties":{"line":{"type":"integer"},"text":{"type":"string"}},"additionalProperties":false}},
    "footer":{"type":"array","items":{"type":"object","required":["line","text"],"properties":{"line":{"type":"integer"},"text":{"type":"string"}},"additionalProperties":false}},
    "letter":{"$ref":"#/components/schemas/ListLetter"},"profile":{"type":"string","description":"that was taken; empty: none"},"zone":{"type":"string"},"zone_grounds":{"type":"string"},
    "date_order":{"type":["string","null"]},"date_grounds":{"type":"string"},
    "columns":{"type":"array","items":{"type":"object","required":["index","header","key","role","decided","suggestion","grounds","filled","addresses","times","numbers","samples"],"properties":{"index":{"type":"integer"},"header":{"type":"string"},
        "key":{"type":"string","description":"the header without marks, in lower case: what `columns` of a body names it by"},"role":{"type":"string"},"decided":{"type":"boolean","description":"by a profile or a person"},
        "suggestion":{"type":["string","null"]},"grounds":{"type":"string"},"filled":{"type":"integer"},"addresses":{"type":"integer"},"times":{"type":"integer"},"numbers":{"type":"integer"},
        "samples":{"type":"array","items":{"type":"string"}}},"additionalProperties":false}},
    "questions":{"type":"array","description":"to be answered before the list can be kept","items":{"type":"object","required":["about","text","choices"],"properties":{"about":{"type":"string"},"text":{"type":"string"},
        "choices":{"type":"array","items":{"type":"string"}}},"additionalProperties":false}},
    "remarks":{"type":"array","items":{"type":"string"}},
    "counts":{"type":"object","description":"read = accepted + duplicate + rejected","required":["read","accepted","duplicate","rejected","records"],"properties":{"read":{"type":"integer"},"accepted":{"type":"integer"},
        "duplicate":{"type":"integer"},"rejected":{"type":"integer"},"records":{"type":"integer","description":"a row with several addresses is several"}},"additionalProperties":false},
    "rows":{"type":"array","description":"the first ones","items":{"type":"object","required":["line","outcome","cells","read_as"],"properties":{"line":{"type":"integer"},"outcome":{"enum":["accepted","duplicate","rejected"]},
        "duplicate_of":{"type":"integer"},"column":{"type":"integer","description":"from 0"},"reason":{"type":"string"},)" VG_REASON R"(,"cells":{"type":"array","items":{"type":"string"}},
        "read_as":{"type":"array","items":{"type":"string"},"description":"where it differs from what was written"}},"additionalProperties":false}},
    "attribution":{"type":"object","required":["owner","conflict","gap","nobody","organisations"],"properties":{"owner":{"type":"integer"},"conflict":{"type":"integer"},"gap":{"type":"integer"},"nobody":{"type":"integer"},
        "organisations":{"type":"array","description":"the 50 with the most rows","items":{"type":"object","required":["id","name","rows"],"properties":{"id":{"type":"string"},"name":{"type":"string"},"rows":{"type":"integer"}},
        "additionalProperties":false}}},"additionalProperties":false},
    "series":{"type":"string","description":"that it would belong to"},
    "same_as":{"oneOf":[{"$ref":"#/components/schemas/ListReference"},{"type":"null"}],"description":"the list that says the same; this one would be kept as a copy of it"},
    "previous":{"oneOf":[{"$ref":"#/components/schemas/ListReference"},{"type":"null"}],"description":"the list before it in the series"}},"additionalProperties":false})";

}  // namespace vg::api
