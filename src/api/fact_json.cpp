#include "api/fact_json.h"

namespace vg::api {

json::Value fact_json(const directory::Fact& fact, const directory::Snapshot& directory) {
    const directory::Organisation* organisation = directory.organisation(fact.organisation);
    return json::object({{"number", fact.number}, {"kind", fact.kind}, {"organisation", fact.organisation.text()}, {"organisation_name", organisation == nullptr ? "" : organisation->name}, {"subject", fact.subject},
                         {"body", fact.body}, {"from", time_value(fact.from)}, {"until", time_value(fact.until)}, {"document", fact.document}, {"state", directory::name_of(fact.state)}, {"claimed_by", fact.claimed_by},
                         {"claimed", time_value(fact.claimed)}, {"approved_by", fact.approved_by}, {"approved", time_value(fact.approved)}, {"reason", fact.reason},
                         {"replaces", fact.replaces ? json::Value{*fact.replaces} : json::Value{}}, {"version", fact.version}});
}

}  // namespace vg::api
