#include "net/pgp.h"

#include <rnp/rnp.h>
#include <rnp/rnp_err.h>

#include <memory>

#include "base/text.h"

namespace vg::net {
namespace {

template <auto Destroy>
struct RnpDelete {
    template <class T>
    void operator()(T* what) const {
        Destroy(what);
    }
};
using Ffi = std::unique_ptr<rnp_ffi_st, RnpDelete<rnp_ffi_destroy>>;
using Input = std::unique_ptr<rnp_input_st, RnpDelete<rnp_input_destroy>>;
using Output = std::unique_ptr<rnp_output_st, RnpDelete<rnp_output_destroy>>;
using KeyHandle = std::unique_ptr<rnp_key_handle_st, RnpDelete<rnp_key_handle_destroy>>;
using Operation = std::unique_ptr<rnp_op_encrypt_st, RnpDelete<rnp_op_encrypt_destroy>>;

tl::unexpected<Error> refused(std::string what) { return fail(Code::bad_input, std::move(what)); }

struct Ring {
    Ffi ffi;
    KeyHandle key;  // its primary one
    std::string fingerprint;
};

Result<Input> input_of(std::string_view bytes) {
    rnp_input_t made = nullptr;
    if (rnp_input_from_memory(&made, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), false) != RNP_SUCCESS) return fail(Code::internal, "no memory for OpenPGP");
    return Input{made};
}

Result<Ring> ring_of(std::string_view bytes) {
    if (bytes.empty()) return refused("the key is empty");
    if (!is_utf8(bytes)) return refused("the key is not armoured: hand it in as text that begins with -----BEGIN PGP PUBLIC KEY BLOCK-----");
    if (bytes.size() > kMostPgpKey) return fail(Code::too_large, format("a key has at most {} bytes", kMostPgpKey));
    rnp_ffi_t made = nullptr;
    if (rnp_ffi_create(&made, "GPG", "GPG") != RNP_SUCCESS) return fail(Code::internal, "OpenPGP could not be started");
    Ring ring{.ffi = Ffi{made}, .key = nullptr, .fingerprint = {}};
    const Input input = TRY(input_of(bytes));
    if (rnp_import_keys(ring.ffi.get(), input.get(), RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_SECRET_KEYS, nullptr) != RNP_SUCCESS) return refused("the key is no OpenPGP key");
    rnp_identifier_iterator_t names = nullptr;
    if (rnp_identifier_iterator_create(ring.ffi.get(), &names, "fingerprint") != RNP_SUCCESS) return fail(Code::internal, "OpenPGP keys could not be listed");
    const std::unique_ptr<rnp_identifier_iterator_st, RnpDelete<rnp_identifier_iterator_destroy>> iterator{names};
    const char* name = nullptr;
    while (rnp_identifier_iterator_next(names, &name) == RNP_SUCCESS && name != nullptr) {
        rnp_key_handle_t found = nullptr;
        if (rnp_locate_key(ring.ffi.get(), "fingerprint", name, &found) != RNP_SUCCESS || found == nullptr) continue;
        KeyHandle key{found};
        bool is_primary = false, has_secret = false;
        rnp_key_is_primary(found, &is_primary);
        rnp_key_have_secret(found, &has_secret);
        if (has_secret) return refused("the key holds a secret: hand in the public one, and take this one as known to others");
        if (!is_primary) continue;
        if (ring.key != nullptr) return refused("the key is several; hand in one at a time");
        ring.fingerprint = name;
        ring.key = std::move(key);
    }
    if (ring.key == nullptr) return refused("the key is no OpenPGP key");
    return ring;
}

}  // namespace

Result<PgpKey> read_pgp_key(std::string_view bytes, Time now) {
    const Ring ring = TRY(ring_of(bytes));
    bool revoked = false, valid = false;
    rnp_key_is_revoked(ring.key.get(), &revoked);
    if (revoked) return refused("the key was revoked");
    std::uint64_t until = 0;
    rnp_key_is_valid(ring.key.get(), &valid);
    if (rnp_key_valid_till64(ring.key.get(), &until) == RNP_SUCCESS && until != UINT64_MAX && until != 0 && until <= static_cast<std::uint64_t>(now.micros / 1'000'000)) return refused("the key is over");
    if (!valid) return refused("the key is not valid");
    rnp_key_handle_t part = nullptr;
    if (rnp_key_get_default_key(ring.key.get(), "encrypt", 0, &part) != RNP_SUCCESS || part == nullptr) return refused("the key cannot encrypt");
    const KeyHandle encrypting{part};
    PgpKey key{.fingerprint = ring.fingerprint, .user = {}};
    char* user = nullptr;
    if (rnp_key_get_primary_uid(ring.key.get(), &user) == RNP_SUCCESS && user != nullptr) {
        key.user = shorten(to_valid_utf8(user), 300);
        rnp_buffer_destroy(user);
    }
    return key;
}

Result<std::string> pgp_encrypted(std::string_view text, std::string_view key) {
    const Ring ring = TRY(ring_of(key));
    const Input input = TRY(input_of(text));
    rnp_output_t made = nullptr;
    if (rnp_output_to_memory(&made, 0) != RNP_SUCCESS) return fail(Code::internal, "no memory for OpenPGP");
    const Output output{made};
    rnp_op_encrypt_t begun = nullptr;
    if (rnp_op_encrypt_create(&begun, ring.ffi.get(), input.get(), output.get()) != RNP_SUCCESS) return fail(Code::internal, "OpenPGP could not be started");
    const Operation operation{begun};
    if (rnp_op_encrypt_add_recipient(begun, ring.key.get()) != RNP_SUCCESS) return refused("the key cannot encrypt");
    rnp_op_encrypt_set_armor(begun, true);
    if (const auto done = rnp_op_encrypt_execute(begun); done != RNP_SUCCESS) return refused(format("the key cannot encrypt: {}", rnp_result_to_string(done)));
    std::uint8_t* bytes = nullptr;
    std::size_t size = 0;
    if (rnp_output_memory_get_buf(output.get(), &bytes, &size, false) != RNP_SUCCESS) return fail(Code::internal, "no memory for OpenPGP");
    return std::string{reinterpret_cast<const char*>(bytes), size};
}

}  // namespace vg::net
