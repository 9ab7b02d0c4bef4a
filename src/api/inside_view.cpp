#include "api/inside_view.h"

#include <algorithm>

#include "api/fields.h"
#include "base/text.h"

namespace vg::api {

namespace {

constexpr std::size_t kMostMachinesShown = 20;

bool sees_all_of(const json::Value& machine, const access::Scope& scope) {
    const json::Value* evidence = machine.find("evidence");
    if (scope.sees_node() || evidence == nullptr || !evidence->is_array()) return true;
    return std::all_of(evidence->as_array().begin(), evidence->as_array().end(), [&](const json::Value& one) {
        const auto organisation = OrganisationId::parse(one.text("organisation").value_or(""));
        return organisation && scope.sees(*organisation);
    });
}

bool is_same_machine(const json::Value& a, const json::Value& b) { return a.text("address") == b.text("address") && a.text("mac") == b.text("mac") && a.text("host") == b.text("host"); }

}  // namespace

json::Value inside_view(const std::vector<lists::RowInside>& rows, const access::Scope& scope) {
    if (rows.empty()) return {};
    json::Array machines, networks;
    std::int64_t withheld = 0, more = 0;
    bool each_found = true, any_found = false, incomplete = false;
    std::string pool;
    for (const lists::RowInside& row : rows) {
        each_found = each_found && row.state == lists::InsideState::machine;
        more += row.answer.integer("more").value_or(0);
        incomplete = incomplete || row.answer.boolean("incomplete").value_or(false);
        if (pool.empty()) pool = row.answer.text("pool").value_or("");
        if (const json::Value* all = row.answer.find("networks"); all != nullptr && all->is_array())
            for (const json::Value& one : all->as_array())
                if (one.is_text() && std::none_of(networks.begin(), networks.end(), [&](const json::Value& known) { return known.as_text() == one.as_text(); })) networks.push_back(one);
        const json::Value* found = row.answer.find("machines");
        if (found == nullptr || !found->is_array()) continue;
        for (const json::Value& machine : found->as_array()) {
            any_found = any_found || row.state != lists::InsideState::verify;
            if (!sees_all_of(machine, scope)) {
                ++withheld;
                continue;
            }
            if (std::any_of(machines.begin(), machines.end(), [&](const json::Value& known) { return is_same_machine(known, machine); })) continue;
            if (machines.size() >= kMostMachinesShown) {
                ++more;
                continue;
            }
            json::Value shown = machine;
            shown.set("port", row.answer.find("port") == nullptr ? json::Value{} : *row.answer.find("port")).set("time", row.answer.text("time").value_or(""));
            json::Array kept;
            if (const json::Value* evidence = machine.find("evidence"); evidence != nullptr && evidence->is_array())
                for (const json::Value& one : evidence->as_array())
                    kept.push_back(json::object({{"what", one.text("what").value_or("")}, {"event", one.text("event").value_or("")}, {"from", one.text("from").value_or("")}, {"until", one.text("until").value_or("")},
                                                 {"off_seconds", one.integer("off_seconds").value_or(0)}}));
            shown.set("evidence", std::move(kept));
            machines.push_back(std::move(shown));
        }
    }
    std::string text;
    for (const json::Value& machine : machines) {
        const std::string known = machine.text("known_as").value_or(""), host = machine.text("host").value_or(""), mac = machine.text("mac").value_or("");
        const std::string& name = !known.empty() ? known : !host.empty() ? host : mac;
        text += (text.empty() ? "" : each_found ? ", " : " | ") + machine.text("address").value_or("") + (name.empty() ? "" : format(" ({})", name));
    }
    if (!each_found)
        for (const json::Value& network : networks) text += (text.empty() ? "? " : ", ? ") + network.as_text();
    const std::string_view state = each_found ? "machine" : any_found ? "several" : "verify";
    return json::object({{"state", state}, {"text", text}, {"list", rows.front().list.text()}, {"machines", std::move(machines)}, {"withheld", withheld}, {"more", more}, {"pool", pool}, {"networks", std::move(networks)},
                         {"skew_seconds", rows.front().answer.integer("skew_seconds").value_or(0)}, {"incomplete", incomplete}});
}

json::Value job_view(const lists::Job& job) {
    return json::object({{"id", job.id.text()}, {"kind", name_of(job.kind)}, {"list", job.list ? json::Value{job.list->text()} : json::Value{}}, {"fact", job.fact}, {"asked", time_value(job.asked)}, {"by", job.by},
                         {"state", job.state}, {"done", job.done}, {"total", job.total}, {"told", job.told}, {"reason", job.reason}, {"ended", time_value(job.ended)}});
}

}  // namespace vg::api
