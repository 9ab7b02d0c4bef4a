#include <algorithm>
#include <unordered_set>

#include "directory/directory.h"
#include "directory/rows.h"

namespace vg::directory {

namespace {

std::string key_of(const Address& address) { return {address.bytes.begin(), address.bytes.end()}; }

// Of sources that name the same peer: the one for this listener, else the one for all.
const Source* best_of(const std::vector<const Source*>& sources, std::string_view listener) {
    const Source* any = nullptr;
    for (const Source* source : sources) {
        if (source->listener == listener) return source;
        if (source->listener.empty()) any = source;
    }
    return any;
}

}  // namespace

store::Schema schema() {
    return {"directory",
            {{
                "create table organisation (id text primary key, name text not null, sort text not null, parent text references organisation (id), "
                "created bigint not null, ended bigint, version bigint not null)",
                "create index organisation_sort on organisation (sort, id)",
                "create index organisation_parent on organisation (parent)",
                "create table source (id text primary key, name text not null unique, organisation text not null references organisation (id), "
                "format text not null, zone text not null, created bigint not null, ended bigint, version bigint not null)",
                "create index source_organisation on source (organisation, name)",
            },
            {
                "alter table source add column listener text not null default ''",
                "alter table source add column peers text not null default ''",  // separated by line feeds
                "alter table source add column cadence bigint not null default 0",
            },
            {
                "create table directory_fact (number bigint primary key, kind text not null, organisation text not null references organisation (id), subject text not null, sort text not null, "
                "search text not null, body text not null, valid_from bigint not null, valid_until bigint, document text not null, claimed_by text not null, claimed bigint not null, "
                "approved_by text not null, approved bigint, state text not null, reason text not null, replaces bigint, version bigint not null)",
                "create index directory_fact_sort on directory_fact (kind, sort, number)",
                "create index directory_fact_organisation on directory_fact (organisation, kind)",
                "create index directory_fact_proposed on directory_fact (kind, sort, number) where state = 'proposed'",
            }}};
}

Result<std::shared_ptr<const Snapshot>> Snapshot::load(store::Transaction& tx) {
    auto made = std::make_shared<Snapshot>();
    for (Organisation& organisation : TRY(organisations(tx, "order by id", {}))) {
        if (organisation.parent) made->children_[organisation.parent->text()].push_back(organisation.id);
        made->organisations_.emplace(organisation.id.text(), std::move(organisation));
    }
    for (Source& source : TRY(sources(tx, "order by id", {}))) {
        const Source& kept = made->sources_.emplace(source.id.text(), std::move(source)).first->second;
        if (kept.ended) continue;
        made->by_name_.emplace(kept.name, &kept);
        if (kept.name.starts_with(kUnknown)) ++made->unknown_count_;
        for (const std::string& peer : kept.peers) {
            const auto network = parse_network(peer);
            if (peer.starts_with(kCertificate))
                made->by_certificate_[peer.substr(kCertificate.size())].push_back(&kept);
            else if (network && network->length == 128)
                made->by_address_[key_of(network->base)].push_back(&kept);
            else if (network)
                made->networks_.push_back({*network, &kept});
        }
    }
    std::stable_sort(made->networks_.begin(), made->networks_.end(), [](const Peer& a, const Peer& b) { return a.network.length > b.network.length; });
    return made;
}

const Source* Snapshot::sender(std::string_view listener, const Address& address, std::span<const std::string> certificate_names) const {
    for (const std::string& name : certificate_names)
        if (const auto found = by_certificate_.find(name); found != by_certificate_.end())
            if (const Source* source = best_of(found->second, listener)) return source;
    if (const auto found = by_address_.find(key_of(address)); found != by_address_.end())
        if (const Source* source = best_of(found->second, listener)) return source;
    const Source* any = nullptr;
    int length = -1;
    for (const Peer& peer : networks_) {
        if (any != nullptr && peer.network.length < length) break;
        if (!peer.network.contains(address)) continue;
        if (peer.source->listener == listener) return peer.source;
        if (!peer.source->listener.empty() || any != nullptr) continue;
        any = peer.source;
        length = peer.network.length;
    }
    return any;
}

const Source* Snapshot::source_named(std::string_view name) const {
    const auto found = by_name_.find(std::string{name});
    return found == by_name_.end() ? nullptr : found->second;
}

std::vector<const Source*> Snapshot::live_sources() const {
    std::vector<const Source*> alive;
    for (const auto& [name, source] : by_name_) alive.push_back(source);
    return alive;
}

std::vector<OrganisationId> Snapshot::descendants(const OrganisationId& root) const {
    std::vector<OrganisationId> found;
    if (organisation(root) == nullptr) return found;
    std::unordered_set<std::string> seen{root.text()};  // a table that somebody edited by hand may hold a circle
    found.push_back(root);
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto below = children_.find(found[i].text());
        if (below == children_.end()) continue;
        for (const OrganisationId& child : below->second)
            if (seen.insert(child.text()).second) found.push_back(child);
    }
    std::sort(found.begin(), found.end());
    return found;
}

const Source* Snapshot::source(const SourceId& id) const {
    const auto found = sources_.find(id.text());
    return found == sources_.end() ? nullptr : &found->second;
}

const Organisation* Snapshot::organisation(const OrganisationId& id) const {
    const auto found = organisations_.find(id.text());
    return found == organisations_.end() ? nullptr : &found->second;
}

}  // namespace vg::directory
