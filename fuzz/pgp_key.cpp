// OpenPGP keys from outside: whatever comes is one key with a fingerprint, to which something can be encrypted, or is refused with a reason.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/text.h"
#include "net/pgp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    const auto key = vg::net::read_pgp_key(bytes, vg::Time{1'800'000'000'000'000});
    if (!key) {
        CHECK(!key.error().text.empty(), "a refusal has a reason");
        return 0;
    }
    CHECK(key->fingerprint.size() >= 32 && vg::is_utf8(key->user), "what people compare, and a text");
    (void)vg::net::pgp_encrypted("a", bytes);
    return 0;
}
