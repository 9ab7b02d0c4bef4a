#include "api/case_observed.h"

#include "api/fields.h"
#include "base/log.h"

namespace vg::api {

namespace {

constexpr Span kMostLookedBack = days(300);  // nobody looks at the logs of a removal longer

}  // namespace

Result<std::optional<cases::Observed>> observe_item(const hunts::ContactParts& parts, std::vector<OrganisationId> organisations, const cases::Item& item, const cases::Policy& policy, Span most_time, Time now) {
    if (item.state != cases::ItemState::removed || !item.removed || policy.quiet_days == 0 || *item.removed >= now) return std::optional<cases::Observed>{};
    const Time from = std::max(*item.removed, now - kMostLookedBack);
    const hunts::Contacts seen = TRY(hunts::contacts_of(parts, {.organisations = std::move(organisations), .family = item.family, .subject = item.subject, .from = from, .until = now, .most_time = most_time}));
    cases::Observed out{.from = from, .until = now, .coverage = 0, .contacts = seen.contacts, .last_contact = seen.last, .covered_from = {}, .why_not = seen.why_not, .of_unknown = seen.of_unknown, .servers = seen.servers, .sources = seen.hours.sources};
    if (seen.why_not.empty()) cases::take_hours(out, from, {seen.hours.from, seen.hours.covered}, policy);
    return std::optional{std::move(out)};
}

std::optional<cases::Observed> observed_of(Context& context, const cases::Item& item) {
    if (!context.observe) return std::nullopt;
    auto observed = context.observe(item);
    if (observed) return std::move(*observed);
    log::warn("cases: the logs of a victim could not be looked at", {{"item", item.id.text()}, {"reason", observed.error().text}});
    return cases::Observed{.from = item.removed.value_or(Time{}), .until = item.removed.value_or(Time{}), .coverage = 0, .contacts = 0, .last_contact = {}, .covered_from = {}, .why_not = "no-archive", .of_unknown = 0, .servers = 0, .sources = {}};
}

json::Value observed_json(const cases::Observed& observed) {
    json::Array sources;
    for (const std::string& name : observed.sources) sources.emplace_back(name);
    return json::object({{"from", time_value(observed.from)}, {"until", time_value(observed.until)}, {"coverage", observed.coverage}, {"covered_from", time_value(observed.covered_from)}, {"contacts", observed.contacts}, {"of_unknown", observed.of_unknown},
                         {"last_contact", time_value(observed.last_contact)}, {"servers", observed.servers}, {"sources", std::move(sources)}, {"why_not", observed.why_not}});
}

}  // namespace vg::api
