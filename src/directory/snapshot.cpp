#include <algorithm>
#include <unordered_set>

#include "directory/directory.h"
#include "directory/rows.h"

namespace vg::directory {

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
            }}};
}

Result<std::shared_ptr<const Snapshot>> Snapshot::load(store::Transaction& tx) {
    auto made = std::make_shared<Snapshot>();
    for (Organisation& organisation : TRY(organisations(tx, "order by id", {}))) {
        if (organisation.parent) made->children_[organisation.parent->text()].push_back(organisation.id);
        made->organisations_.emplace(organisation.id.text(), std::move(organisation));
    }
    for (Source& source : TRY(sources(tx, "order by id", {}))) made->sources_.emplace(source.id.text(), std::move(source));
    return made;
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
