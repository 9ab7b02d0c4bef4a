#include "api/list_intake.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "base/time.h"
#include "hunts/hunt.h"
#include "hunts/in_force.h"
#include "intel/indicators.h"
#include "lists/worklist.h"
#include "store/audit.h"

namespace vg::api {

namespace {

constexpr std::size_t kMostTold = 100, kPieceOfIndicators = 1'000;

// Each control server once, with the family of the first row that names it.
std::vector<intel::Item> control_servers(const lists::Reading& reading, std::vector<std::string>& refused) {
    std::vector<intel::Item> items;
    std::set<intel::Value> known;
    for (const lists::Record& record : reading.records) {
        if (record.c2.empty()) continue;
        auto value = detect::indicator::recognise(record.c2);
        if (!value) {
            refused.push_back(format("line {}: {}", record.line, value.error().text));
            continue;
        }
        if (!known.insert(*value).second) continue;
        intel::Item item;
        item.value = std::move(*value);
        item.family = record.family;
        items.push_back(std::move(item));
    }
    return items;
}

std::string origin_of(const lists::Letter& letter) {
    if (letter.number.empty()) return letter.issuer;
    return letter.issuer.empty() ? letter.number : format("{}, {}", letter.number, letter.issuer);
}

json::Value first_of(const std::vector<std::string>& texts) {
    json::Array out;
    for (std::size_t i = 0; i < std::min(texts.size(), kMostTold); ++i) out.emplace_back(texts[i]);
    return out;
}

}  // namespace

Result<json::Value> take_indicators(Ask& ask, const lists::List& list, const lists::Reading& reading) {
    std::vector<std::string> refused, warned;
    const std::vector<intel::Item> items = control_servers(reading, refused);
    if (items.empty() && refused.empty()) return json::Value{};
    const std::string id = list.id.text(), name = "danh-sach-" + id.substr(id.size() - 12);
    const Time now = ask.context.clock.now();
    const auto doubts = ask.context.doubts ? ask.context.doubts() : nullptr;
    const auto hunt_for = [&](std::span<const intel::Value> fresh, bool last, event::Position before) -> Status {
        if (ask.context.hunt_days <= 0) return {};
        std::optional<hunts::HuntId> hunt;
        TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
            hunt = TRY(hunts::note_new(tx, {.list = name, .by = ask.actor.name, .days = ask.context.hunt_days, .last = last, .before = before}, fresh, ask.context.random, now));
            return {};
        }));
        if (hunt && last && ask.context.hunts_changed) ask.context.hunts_changed();
        return {};
    };
    intel::Accounting sum;
    for (std::size_t at = 0; at == 0 || at < items.size(); at += kPieceOfIndicators) {
        const auto piece = std::span{items}.subspan(at, std::min(kPieceOfIndicators, items.size() - at));
        intel::Accounting part;
        std::vector<intel::Value> fresh;
        TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
            fresh.clear();
            intel::List into = TRY(intel::find_list(tx, name)).value_or(intel::List{});
            into.name = name;
            into.origin = shorten(origin_of(list.letter).empty() ? list.name : origin_of(list.letter), 500);
            into.family = shorten(list.family, 120);
            if (at == 0) TRY(intel::put_list(tx, into, now));
            part = TRY(intel::import(tx, into, piece, true, now, &fresh, doubts.get()));
            if (at + kPieceOfIndicators < items.size()) return {};
            TRY(lists::note_indicators(tx, list.id, name));
            return store::audit::append(tx, {.time = now, .actor = ask.actor.name, .action = "indicator:import", .object = "indicator-list/" + name, .organisation = {},
                                             .details = json::object({{"values", items.size()}, {"refused", refused.size()}, {"list", id}})});
        }));
        if (!fresh.empty()) TRY(hunt_for(fresh, false, ask.context.journal.end()));
        sum.added += part.added, sum.renewed += part.renewed, sum.same += part.same, sum.refused += part.refused, sum.warned += part.warned;
        refused.insert(refused.end(), part.reasons.begin(), part.reasons.end());
        warned.insert(warned.end(), part.warnings.begin(), part.warnings.end());
    }
    const event::Position before = ask.context.journal.end();
    if (ask.context.renew_indicators) TRY(ask.context.renew_indicators());
    TRY(hunt_for({}, true, hunts::in_force_from(ask.context.journal, before, hunts::Controlled::indicators, ask.context.indicators ? ask.context.indicators()->name() : "")));
    return json::object({{"list", name}, {"added", sum.added}, {"renewed", sum.renewed}, {"same", sum.same}, {"warned", sum.warned}, {"refused", refused.size()}, {"reasons", first_of(refused)}, {"warnings", first_of(warned)}});
}

}  // namespace vg::api
