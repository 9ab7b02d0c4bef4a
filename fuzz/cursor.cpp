// Cursors from outside: any text is a key that was made here or an error, and no list does more with it than go on.
#include <memory>

#include "access/accounts.h"
#include "base/check.h"
#include "base/cursor.h"
#include "directory/directory.h"
#include "findings/book.h"
#include "store/audit.h"

namespace {

vg::store::State& state() {
    static const auto* const made = [] {
        static vg::metrics::Registry registry;
        const vg::store::Schema schemas[] = {vg::store::audit_schema(), vg::access::schema(), vg::directory::schema(), vg::findings::schema()};
        return new std::unique_ptr<vg::store::State>{vg::store::State::open({.path = ":memory:"}, schemas, registry).value()};
    }();
    return **made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 8192) return 0;
    const std::string text{reinterpret_cast<const char*>(data), size};
    for (std::size_t parts = 0; parts < 4; ++parts)
        if (const auto key = vg::from_cursor("finding", parts, text)) CHECK(vg::from_cursor("finding", parts, vg::to_cursor("finding", *key)) == *key, "a key and back");
    // The bytes as the parts of a well-formed cursor, so that the lists' own reading is reached.
    const std::size_t half = size / 2;
    const std::string inside = vg::to_cursor("finding", {text.substr(0, half), text.substr(half)});
    const vg::Status read = state().read([&](vg::store::Transaction& tx) -> vg::Status {
        const auto scope = vg::access::Scope::node();
        for (const std::string& after : {text, inside}) {
            (void)vg::findings::Book::list(tx, scope, {}, after, 10);
            (void)vg::directory::Directory::list(tx, scope, after, 10);
            (void)vg::directory::Directory::list_sources(tx, scope, after, 10);
            (void)vg::access::Accounts::list_users(tx, scope, after, 10);
            (void)vg::access::Accounts::list_tokens(tx, scope, after, 10);
        }
        return {};
    });
    CHECK(read, "a hostile cursor breaks no transaction");
    return 0;
}
