#include "cases/sightings.h"

#include <algorithm>

#include "base/text.h"

namespace vg::cases {

namespace {

using Int = std::int64_t;
using Text = std::string;
constexpr std::size_t kPieceOfSightings = 1'000;

template <class Values>
void add_one_of(std::string& where, store::Params& params, std::string_view column, const Values& values) {
    if (values.empty()) return;
    where += format(" and {} in (", column);
    for (std::size_t i = 0; i < values.size(); ++i) {
        where += format("{}:p{}", i == 0 ? "" : ", ", params.size());
        params.emplace_back(values[i]);
    }
    where += ")";
}

bool is_below(std::string_view subject, const std::vector<std::string>& names) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return subject == name || (subject.size() > name.size() && subject.ends_with(name) && subject[subject.size() - name.size() - 1] == '.'); });
}

bool is_within(std::string_view subject, const std::vector<Network>& networks) {
    const auto address = parse_address(subject);
    return address && std::any_of(networks.begin(), networks.end(), [&](const Network& network) { return network.contains(*address); });
}

}  // namespace

Result<std::vector<Seen>> sightings(store::Transaction& tx, const access::Scope& scope, const SightingFilter& filter, std::size_t limit) {
    std::vector<Seen> out;
    std::optional<std::tuple<Int, Text, Text>> last;
    while (out.size() < limit) {
        std::string where = "where s.seen >= :p0";
        store::Params params{filter.min.micros};
        const auto add = [&](std::string_view condition, store::Param value) {
            where += format(" and {} :p{}", condition, params.size());
            params.push_back(std::move(value));
        };
        if (filter.max) add("s.seen <=", filter.max->micros);
        if (filter.until) add("s.seen <", filter.until->micros);
        if (filter.modified_min) add("s.noted >=", filter.modified_min->micros);
        add_one_of(where, params, "i.subject", filter.subjects);
        add_one_of(where, params, "i.family_key", filter.families);
        add_one_of(where, params, "c.kind", filter.kinds);
        add_one_of(where, params, "i.port", filter.ports);
        if (last) {
            const auto& [seen, item, ref] = *last;
            const std::size_t at = params.size();
            where += format(" and (s.seen < :p{} or (s.seen = :p{} and (s.item > :p{} or (s.item = :p{} and s.ref > :p{}))))", at, at + 1, at + 2, at + 3, at + 4);
            for (store::Param one : {store::Param{seen}, store::Param{seen}, store::Param{item}, store::Param{item}, store::Param{ref}}) params.push_back(std::move(one));
        }
        where += scope.condition("i.organisation", params);
        where += format(" order by s.seen desc, s.item, s.ref limit {}", kPieceOfSightings);
        const auto rows = TRY((tx.query<Text, Int, Int, Text, Text, Text, Text, Text, Text, Int, Text>(
            "select s.ref, s.seen, s.noted, s.item, i.case_id, i.organisation, i.subject, i.family, c.kind, i.port, i.state from case_sighting s join case_item i on i.id = s.item join case_file c on c.id = i.case_id " + where, params)));
        for (const auto& [ref, seen, noted, item, of, organisation, subject, family, kind, port, state] : rows) {
            last = std::tuple{seen, item, ref};
            if (!filter.networks.empty() && !is_within(subject, filter.networks)) continue;
            if (!filter.below.empty() && !is_below(subject, filter.below)) continue;
            Seen one{.ref = ref, .seen = {seen}, .noted = {noted}, .item = {}, .of = {}, .organisation = {}, .subject = subject, .family = family, .kind = kind, .port = port, .state = item_state_named(state).value_or(ItemState::open)};
            one.item = TRY(ItemId::parse(item));
            one.of = TRY(CaseId::parse(of));
            one.organisation = TRY(OrganisationId::parse(organisation));
            out.push_back(std::move(one));
            if (out.size() == limit) break;
        }
        if (rows.size() < kPieceOfSightings) break;
    }
    return out;
}

}  // namespace vg::cases
