#include "lists/inside.h"

#include <algorithm>
#include <array>
#include <utility>

namespace vg::lists {

namespace {

constexpr std::array<std::string_view, 3> kInsideStates = {"machine", "several", "verify"};
constexpr std::array<std::string_view, 3> kEvidenceNames = {"nat", "proxy", "dhcp"};

using InsideShape = InsideSeen::Shape;

// One event with the stretch of time that it stands for.
struct HeldInside {
    const InsideSeen* seen = nullptr;
    Time from, until;
};

Span hold_of(const InsideSeen& seen, const InsideOptions& options) {
    if (seen.what == InsideSeen::What::lease) return options.lease;
    return seen.first != seen.last ? options.block : options.open;
}

Time time_of(const InsideSeen& seen) { return seen.shape == InsideShape::ends ? seen.until.value_or(seen.from.value_or(Time{})) : seen.from.value_or(seen.until.value_or(Time{})); }

// Whether it may say anything about that time, by itself or as the end of another event's stretch.
bool may_matter(const InsideSeen& seen, Time time, const InsideOptions& options) {
    const Span hold = hold_of(seen, options);
    const Time low = seen.from.value_or(seen.until.value_or(Time{})) - hold, high = seen.until.value_or(seen.from.value_or(Time{})) + hold;
    return low - options.skew <= time && time <= high + options.skew;
}

bool same_destination(const InsideSeen& a, const InsideSeen& b) { return a.destination == b.destination && a.destination_port == b.destination_port && a.transport == b.transport; }
bool share_ports(const InsideSeen& a, const InsideSeen& b) { return a.first <= b.last && b.first <= a.last; }

// Of NAT: the same connection, or block of ports, of the same machine. Of leases: the same machine.
bool same_thing(const InsideSeen& a, const InsideSeen& b) {
    if (a.inside != b.inside) return false;
    if (a.what == InsideSeen::What::lease) {
        if (!a.mac.empty() && !b.mac.empty()) return a.mac == b.mac;
        return a.mac.empty() && b.mac.empty() ? a.host == b.host : a.host == b.host && !a.host.empty();
    }
    return a.outside == b.outside && a.first == b.first && a.last == b.last && a.inside_port == b.inside_port && same_destination(a, b);
}

// Whether `later`, which begins, tells that `held` is over although nobody logged its end.
bool takes_over(const InsideSeen& later, const InsideSeen& held) {
    if (later.shape == InsideShape::ends) return false;
    if (held.what == InsideSeen::What::lease) return later.inside == held.inside && !same_thing(later, held);
    return later.outside == held.outside && share_ports(later, held) && same_destination(later, held);
}

// Events of one channel as stretches of time.
std::vector<HeldInside> stretches_of(const std::vector<InsideSeen>& all, const InsideOptions& options) {
    std::vector<const InsideSeen*> sorted;
    sorted.reserve(all.size());
    for (const InsideSeen& one : all) sorted.push_back(&one);
    std::stable_sort(sorted.begin(), sorted.end(), [](const InsideSeen* a, const InsideSeen* b) { return std::pair{time_of(*a), a->position} < std::pair{time_of(*b), b->position}; });
    std::vector<HeldInside> held;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        const InsideSeen& one = *sorted[i];
        const Span hold = hold_of(one, options);
        if (one.shape == InsideShape::moment) {
            held.push_back({&one, *one.from, one.until.value_or(*one.from)});
        } else if (one.shape == InsideShape::ends) {
            if (one.what == InsideSeen::What::lease) continue;  // that it ended does not tell who had it now
            if (one.from) {
                held.push_back({&one, *one.from, *one.until});
                continue;
            }
            Time from = *one.until - hold;
            for (std::size_t j = i; j-- > 0;)
                if (sorted[j]->shape == InsideShape::begins && same_thing(*sorted[j], one)) {
                    from = std::max(from, *sorted[j]->from);
                    break;
                }
            held.push_back({&one, from, *one.until});
        } else {
            Time until = one.until.value_or(*one.from + hold);
            const bool lease = one.what == InsideSeen::What::lease;
            for (std::size_t j = i + 1; j < sorted.size() && (lease || !one.until); ++j) {
                const InsideSeen& later = *sorted[j];
                const bool over = later.shape == InsideShape::ends ? same_thing(later, one) || (lease && later.inside == one.inside && later.mac.empty()) : takes_over(later, one);
                if (!over) continue;
                until = std::min(until, time_of(later));
                break;
            }
            held.push_back({&one, *one.from, std::max(until, *one.from)});
        }
    }
    return held;
}

Span off_by(const HeldInside& held, Time time) {
    if (time < held.from) return held.from - time;
    if (held.until < time) return time - held.until;
    return {};
}

InsideEvidence evidence_of(const HeldInside& held, Time time) {
    return {.what = held.seen->what, .position = held.seen->position, .organisation = held.seen->organisation, .from = held.from, .until = held.until, .off = off_by(held, time)};
}

// Does the list name what the event names? Nothing: one of them does not tell.
std::optional<bool> is_to(const InsideSeen& seen, const InsideQuestion& question) {
    std::optional<bool> same;
    if (question.destination && seen.destination) same = *question.destination == *seen.destination;
    if (same != true && !question.destination_name.empty() && !seen.destination_name.empty()) same = question.destination_name == seen.destination_name;
    if (same == true && question.destination_port && seen.destination_port && *question.destination_port != *seen.destination_port) same = false;
    return same;
}

// A machine on the way: found so far by these events.
struct FoundInside {
    Address address;
    OrganisationId organisation;  // of the last event
    bool other_destination = false, proxy_unknown = false;
    std::vector<InsideEvidence> evidence;
};

bool is_closer(const InsideEvidence& a, const InsideEvidence& b) {
    if (a.off != b.off) return a.off < b.off;
    if (a.from != b.from) return b.from < a.from;
    return a.position < b.position;
}

Span off_of(const InsideMachine& machine) {
    Span most{};
    for (const InsideEvidence& one : machine.evidence) most = std::max(most, one.off);
    return most;
}

// By inside address, the closest event of each.
void note(std::vector<FoundInside>& found, FoundInside one) {
    for (FoundInside& known : found) {
        if (known.address != one.address || known.organisation != one.organisation) continue;
        const bool better = known.other_destination != one.other_destination ? known.other_destination : known.proxy_unknown != one.proxy_unknown ? known.proxy_unknown : is_closer(one.evidence.back(), known.evidence.back());
        if (better) known = std::move(one);
        return;
    }
    found.push_back(std::move(one));
}

}  // namespace

std::string_view name_of(InsideState state) { return kInsideStates[static_cast<std::size_t>(state)]; }
std::string_view name_of(InsideSeen::What what) { return kEvidenceNames[static_cast<std::size_t>(what)]; }

std::optional<InsideState> inside_state_named(std::string_view name) {
    for (std::size_t i = 0; i < kInsideStates.size(); ++i)
        if (kInsideStates[i] == name) return static_cast<InsideState>(i);
    return std::nullopt;
}

InsideJoin::InsideJoin(std::vector<InsideQuestion> questions, InsideOptions options) : questions_(std::move(questions)), options_(options), fits_(questions_.size()) {
    for (std::size_t i = 0; i < questions_.size(); ++i) {
        by_address_[questions_[i].address].push_back(i);
        if (questions_[i].destination) by_destination_[*questions_[i].destination].push_back(i);
        if (!questions_[i].destination_name.empty()) by_name_[questions_[i].destination_name].push_back(i);
    }
}

void InsideJoin::keep(std::size_t question, const InsideSeen& seen) {
    Fits& fits = fits_[question];
    if (fits.seen.size() < options_.most_events)
        fits.seen.push_back(seen);
    else
        fits.too_many = true;
}

bool InsideJoin::add(const InsideSeen& seen) {
    bool counts = false;
    const auto each = [&](const auto& index, const auto& key, const auto& fits) {
        const auto found = index.find(key);
        if (found == index.end()) return;
        for (const std::size_t i : found->second)
            if (may_matter(seen, questions_[i].time, options_) && fits(questions_[i])) keep(i, seen), counts = true;
    };
    switch (seen.what) {
        case InsideSeen::What::nat:
            if (seen.outside) each(by_address_, *seen.outside, [&](const InsideQuestion& one) { return !one.port || (seen.first <= *one.port && *one.port <= seen.last); });
            return counts;
        case InsideSeen::What::proxy:
            if (seen.destination) each(by_destination_, *seen.destination, [&](const InsideQuestion& one) { return is_to(seen, one) == true; });
            // One that named both was kept for the address already.
            if (!seen.destination_name.empty())
                each(by_name_, seen.destination_name, [&](const InsideQuestion& one) { return !(one.destination && seen.destination && *one.destination == *seen.destination) && is_to(seen, one) == true; });
            return counts;
        case InsideSeen::What::lease: {
            const auto asked = leases_.find(seen.inside);
            if (asked == leases_.end() || asked->second.size() >= options_.most_events * 10) return false;
            asked->second.push_back(seen);
            return true;
        }
    }
    return counts;
}

std::vector<Address> InsideJoin::ask_leases() {
    for (std::size_t i = 0; i < questions_.size(); ++i) {
        leases_.try_emplace(questions_[i].address);
        for (const InsideSeen& seen : fits_[i].seen) leases_.try_emplace(seen.inside);
    }
    std::vector<Address> asked;
    for (const auto& [address, seen] : leases_) asked.push_back(address);
    return asked;
}

std::vector<Address> InsideJoin::addresses() const {
    std::vector<Address> all;
    for (const auto& [address, questions] : by_address_) all.push_back(address);
    for (const auto& [address, questions] : by_destination_) all.push_back(address);
    return all;
}

std::vector<std::string> InsideJoin::names() const {
    std::vector<std::string> all;
    for (const auto& [name, questions] : by_name_) all.push_back(name);
    return all;
}

std::pair<Time, Time> InsideJoin::window() const {
    std::pair<Time, Time> window{Time{INT64_MAX}, Time{INT64_MIN}};
    const Span hold = std::max(options_.open, options_.block);
    for (const InsideQuestion& one : questions_) window = {std::min(window.first, one.time - options_.skew - hold), std::max(window.second, one.time + options_.skew + hold)};
    return window;
}

std::pair<Time, Time> InsideJoin::lease_window() const {
    std::pair<Time, Time> window{Time{INT64_MAX}, Time{INT64_MIN}};
    for (const InsideQuestion& one : questions_) window = {std::min(window.first, one.time - options_.skew - options_.lease), std::max(window.second, one.time + options_.skew + microseconds(1))};
    return window;
}

std::vector<Inside> InsideJoin::finish(const InsideKnown& known) const {
    std::map<Address, std::vector<HeldInside>> leases;
    for (const auto& [address, seen] : leases_) leases[address] = stretches_of(seen, options_);
    const auto related = [&](const OrganisationId& a, const OrganisationId& b) { return a == b || (known.related && known.related(a, b)); };
    std::vector<Inside> answers;
    answers.reserve(questions_.size());
    for (std::size_t i = 0; i < questions_.size(); ++i) {
        const InsideQuestion& question = questions_[i];
        Inside answer{.row = question.row};
        std::vector<InsideSeen> nat, proxy;
        for (const InsideSeen& seen : fits_[i].seen) (seen.what == InsideSeen::What::nat ? nat : proxy).push_back(seen);

        std::vector<FoundInside> found;
        for (const HeldInside& held : stretches_of(nat, options_))
            if (off_by(held, question.time) <= options_.skew)
                note(found, {.address = held.seen->inside, .organisation = held.seen->organisation, .other_destination = is_to(*held.seen, question) == false, .evidence = {evidence_of(held, question.time)}});
        if (std::any_of(found.begin(), found.end(), [](const FoundInside& one) { return !one.other_destination; })) std::erase_if(found, [](const FoundInside& one) { return one.other_destination; });

        // Who asked the proxy goes in the place of the proxy.
        std::vector<FoundInside> clients;
        std::set<Address> proxies;
        for (const HeldInside& held : stretches_of(proxy, options_)) {
            if (off_by(held, question.time) > options_.skew) continue;
            const InsideSeen& seen = *held.seen;
            FoundInside client{.address = seen.inside, .organisation = seen.organisation};
            const FoundInside* by = nullptr;
            for (const FoundInside& one : found)
                if (seen.outside && one.address == *seen.outside && related(one.organisation, seen.organisation)) by = &one;
            if (by != nullptr) {
                client.evidence = by->evidence;
                client.other_destination = by->other_destination;
                proxies.insert(by->address);
            } else if (!seen.outside || *seen.outside != question.address) {
                if (!found.empty() || !related(seen.organisation, question.organisation)) continue;
                client.proxy_unknown = true;
            }
            client.evidence.push_back(evidence_of(held, question.time));
            note(clients, std::move(client));
        }
        std::erase_if(found, [&](const FoundInside& one) { return proxies.contains(one.address); });
        for (FoundInside& client : clients) note(found, std::move(client));

        // A public address may be leased itself.
        const bool direct = found.empty();
        if (direct) found.push_back({.address = question.address, .organisation = question.organisation});
        for (const FoundInside& one : found) {
            std::vector<InsideMachine> holders;
            if (const auto of = leases.find(one.address); of != leases.end())
                for (const HeldInside& held : of->second) {
                    if (off_by(held, question.time) > options_.skew || !related(held.seen->organisation, one.organisation)) continue;
                    InsideMachine machine{.address = one.address, .mac = held.seen->mac, .host = held.seen->host, .other_destination = one.other_destination, .proxy_unknown = one.proxy_unknown, .evidence = one.evidence};
                    machine.evidence.push_back(evidence_of(held, question.time));
                    const auto same = std::find_if(holders.begin(), holders.end(), [&](const InsideMachine& other) { return !machine.mac.empty() && !other.mac.empty() ? machine.mac == other.mac : machine.mac == other.mac && machine.host == other.host; });
                    if (same == holders.end())
                        holders.push_back(std::move(machine));
                    else if (is_closer(machine.evidence.back(), same->evidence.back())) {
                        if (machine.host.empty()) machine.host = same->host;
                        *same = std::move(machine);
                    } else if (same->host.empty()) {
                        same->host = machine.host;
                    }
                }
            if (holders.empty() && !direct) holders.push_back({.address = one.address, .other_destination = one.other_destination, .proxy_unknown = one.proxy_unknown, .evidence = one.evidence});
            for (InsideMachine& machine : holders) {
                if (known.machine)
                    if (const auto fact = known.machine(one.organisation, machine.address, machine.host, question.time)) machine.fact = fact->fact, machine.known_as = fact->host, machine.system = fact->system;
                answer.machines.push_back(std::move(machine));
            }
        }
        std::stable_sort(answer.machines.begin(), answer.machines.end(), [](const InsideMachine& a, const InsideMachine& b) { return std::tuple{off_of(a), a.address, a.mac} < std::tuple{off_of(b), b.address, b.mac}; });
        const bool sure = answer.machines.size() == 1 && !answer.machines.front().other_destination && !answer.machines.front().proxy_unknown;
        answer.state = fits_[i].too_many || answer.machines.empty() ? InsideState::verify : sure ? InsideState::machine : InsideState::several;
        if (answer.machines.size() > options_.most_machines) {
            answer.more = static_cast<std::int64_t>(answer.machines.size() - options_.most_machines);
            answer.machines.resize(options_.most_machines);
        }
        // What has to be looked at where nobody logged which it was.
        if (answer.state != InsideState::machine) {
            if (const auto pool = known.pool ? known.pool(question.organisation, question.address, question.time) : std::nullopt) answer.pool = pool->name, answer.networks = pool->inside;
            if (answer.networks.empty() && known.range)
                if (std::string range = known.range(question.address, question.port, question.time); !range.empty()) answer.networks.push_back(std::move(range));
            if (answer.machines.empty() && answer.pool.empty() && known.machine)
                if (const auto fact = known.machine(question.organisation, question.address, "", question.time))
                    answer.machines.push_back({.address = question.address, .fact = fact->fact, .known_as = fact->host, .system = fact->system});
        }
        answers.push_back(std::move(answer));
    }
    return answers;
}

}  // namespace vg::lists
