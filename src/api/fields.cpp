#include "api/fields.h"

#include "directory/directory.h"

namespace vg::api {

Result<OrganisationId> organisation_for(Ask& ask, store::Transaction& tx, const std::optional<OrganisationId>& wanted) {
    const OrganisationId own = ask.actor.organisation;
    if (!wanted && own.is_nil()) {
        // The node's own accounts have no organisation; what they make without naming one belongs to the root.
        std::optional<std::string> after;
        do {
            const auto page = TRY(directory::Directory::list(tx, ask.actor.scope, after, 1000));
            for (const directory::Organisation& organisation : page.items)
                if (!organisation.parent) return organisation.id;
            after = page.next;
        } while (after);
        return fail(Code::not_found, "this node has no organisation yet");
    }
    const auto found = directory::Directory::find(tx, ask.actor.scope, wanted.value_or(own));
    if (!found) return fail(found.error().code, found.error().code == Code::not_found ? "there is no such organisation" : found.error().text);
    if (found->ended) return fail(Code::conflict, "this organisation has ended");
    return found->id;
}

}  // namespace vg::api
