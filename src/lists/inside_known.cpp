// What the directory says of machines and NAT pools, held for as long as one job takes.
#include <memory>
#include <unordered_map>

#include "base/text.h"
#include "directory/fact_kinds.h"
#include "directory/facts.h"
#include "lists/jobs.h"

namespace vg::lists {

namespace {

constexpr std::size_t kFactsAtOnce = 1'000;

struct KnownMachine {
    OrganisationId organisation;
    Time from;
    std::optional<Time> until;
    InsideKnown::Machine machine;
};
struct KnownPool {
    OrganisationId organisation;
    Time from;
    std::optional<Time> until;
    std::vector<directory::AddressRange> public_;
    InsideKnown::Pool pool;
};
struct KnownFacts {
    std::vector<KnownMachine> machines;
    std::map<Address, std::vector<std::size_t>> by_address;
    std::unordered_map<std::string, std::vector<std::size_t>> by_host;
    std::vector<KnownPool> pools;
};

std::vector<std::string> listed_texts(const json::Value& body, std::string_view name) {
    std::vector<std::string> out;
    if (const json::Value* all = body.find(name); all != nullptr && all->is_array())
        for (const json::Value& one : all->as_array())
            if (one.is_text()) out.push_back(one.as_text());
    return out;
}

// "PC1.example.com" and "pc1" are one machine within an organisation.
std::string host_key(std::string_view host) { return lower_ascii(host.substr(0, host.find('.'))); }

Status each_fact(store::State& state, std::string_view kind, const std::function<void(const directory::Fact&)>& take) {
    for (std::int64_t after = 0;;) {
        const auto page = TRY(state.read([&](store::Transaction& tx) { return directory::Facts::approved(tx, kind, after, kFactsAtOnce); }));
        for (const directory::Fact& fact : page) take(fact);
        if (page.size() < kFactsAtOnce) return {};
        after = page.back().number;
    }
}

template <class One>
bool was_true(const One& one, Time time) { return one.from <= time && (!one.until || time < *one.until); }

}  // namespace

Result<InsideKnown> known_inside(store::State& state, const Attributor& attributor) {
    const auto facts = std::make_shared<KnownFacts>();
    TRY(each_fact(state, "machine", [&](const directory::Fact& fact) {
        const std::size_t index = facts->machines.size();
        KnownMachine& one = facts->machines.emplace_back(KnownMachine{.organisation = fact.organisation, .from = fact.from, .until = fact.until, .machine = {.fact = fact.number, .host = {}, .system = {}}});
        one.machine.host = fact.body.text("host").value_or("");
        one.machine.system = fact.body.text("system").value_or("");
        facts->by_host[host_key(one.machine.host)].push_back(index);
        for (const std::string& text : listed_texts(fact.body, "addresses"))
            if (const auto address = parse_address(text)) facts->by_address[*address].push_back(index);  // a network names no machine
    }));
    TRY(each_fact(state, "pool", [&](const directory::Fact& fact) {
        KnownPool one{.organisation = fact.organisation, .from = fact.from, .until = fact.until, .public_ = {}, .pool = {.name = fact.body.text("name").value_or(""), .inside = listed_texts(fact.body, "inside")}};
        for (const std::string& text : listed_texts(fact.body, "public"))
            if (const auto range = directory::parse_range(text)) one.public_.push_back(*range);
        facts->pools.push_back(std::move(one));
    }));
    InsideKnown known;
    known.machine = [facts](const OrganisationId& organisation, const Address& address, std::string_view host, Time time) -> std::optional<InsideKnown::Machine> {
        const auto among = [&](const std::vector<std::size_t>& some) -> std::optional<InsideKnown::Machine> {
            std::optional<InsideKnown::Machine> one;
            for (const std::size_t i : some) {
                const KnownMachine& machine = facts->machines[i];
                if (machine.organisation != organisation || !was_true(machine, time)) continue;
                if (one && one->host != machine.machine.host) return std::nullopt;  // two facts contradict each other
                one = machine.machine;
            }
            return one;
        };
        // What a lease calls it goes before the address, which may have been another's on another day.
        if (!host.empty())
            if (const auto found = facts->by_host.find(host_key(host)); found != facts->by_host.end())
                if (auto one = among(found->second)) return one;
        if (const auto found = facts->by_address.find(address); found != facts->by_address.end()) return among(found->second);
        return std::nullopt;
    };
    known.pool = [facts](const OrganisationId& organisation, const Address& address, Time time) -> std::optional<InsideKnown::Pool> {
        for (const KnownPool& one : facts->pools)
            if (one.organisation == organisation && was_true(one, time))
                for (const directory::AddressRange& range : one.public_)
                    if (range.first <= address && address <= range.last) return one.pool;
        return std::nullopt;
    };
    known.range = [claims = attributor.claims](const Address& address, std::optional<std::uint16_t> port, Time time) -> std::string {
        if (!claims) return {};
        const directory::Answer answer = claims->of({.address = address, .port = port, .time = time});
        return answer.kind == Whose::owner || answer.kind == Whose::conflict ? claims->claim(answer.claim).range.text() : std::string{};
    };
    return known;
}

}  // namespace vg::lists
