#include "store/signing.h"

#include <openssl/evp.h>

#include <memory>

#include "base/bytes.h"
#include "base/text.h"
#include "store/byte_pointers.h"

namespace vg::store {

namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kSignatureBytes = 64;
constexpr std::string_view kKind = "ed25519 ";  // first word of both key files

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

Result<std::string> read_key_file(Disk& disk, const std::string& path) {
    const std::string text = TRY(read_whole(disk, path, 4096));
    const std::string_view line = trim(text);
    if (line.substr(0, kKind.size()) != kKind) return fail(Code::corrupt, format("{} does not begin with \"ed25519\"", path));
    std::string key = TRY_IN(path + ": ", from_hex(trim(line.substr(kKind.size()))));
    if (key.size() != kKeyBytes) return fail(Code::corrupt, format("{} has {} bytes of key, not 32", path, key.size()));
    return key;
}

}  // namespace

Result<SigningKey> signing_key_of(std::string_view seed) {
    if (seed.size() != kKeyBytes) return fail(Code::bad_input, "a signing key has a seed of 32 bytes");
    const Key key{EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(seed), seed.size())};
    SigningKey made{std::string{seed}, std::string(kKeyBytes, '\0')};
    std::size_t length = kKeyBytes;
    if (!key || EVP_PKEY_get_raw_public_key(key.get(), bytes_of(made.public_key), &length) != 1 || length != kKeyBytes)
        return fail(Code::internal, "the cryptographic library cannot make an Ed25519 key");
    return made;
}

Result<std::string> sign(const SigningKey& key, std::string_view message) {
    if (key.secret.size() != kKeyBytes) return fail(Code::bad_input, "a signing key has a seed of 32 bytes");
    const Key secret{EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(key.secret), key.secret.size())};
    const Context context{EVP_MD_CTX_new()};
    std::string signature(kSignatureBytes, '\0');
    std::size_t length = signature.size();
    if (!secret || !context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, secret.get()) != 1 ||
        EVP_DigestSign(context.get(), bytes_of(signature), &length, bytes_of(message), message.size()) != 1 || length != kSignatureBytes)
        return fail(Code::internal, "the cryptographic library cannot sign");
    return signature;
}

bool is_signed(std::string_view public_key, std::string_view message, std::string_view signature) {
    if (public_key.size() != kKeyBytes || signature.size() != kSignatureBytes) return false;
    const Key key{EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key), public_key.size())};
    const Context context{EVP_MD_CTX_new()};
    return key && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message), message.size()) == 1;
}

Result<SigningKey> load_or_make_signing_key(Disk& disk, const std::string& folder, Random& random) {
    const std::string secret_path = folder + "/journal.key";
    const std::string public_path = folder + "/journal.pub";
    TRY(disk.make_folder(folder));
    TRY(disk.sync_folder(parent_of(folder)));
    SigningKey key;
    if (disk.exists(secret_path)) {
        key = TRY(signing_key_of(TRY(read_key_file(disk, secret_path))));
    } else {
        std::string seed(kKeyBytes, '\0');
        random.fill(bytes_of(seed), seed.size());
        key = TRY(signing_key_of(seed));
        TRY(write_whole(disk, secret_path, std::string{kKind} + to_hex(key.secret) + "\n"));
    }
    if (!disk.exists(public_path)) TRY(write_whole(disk, public_path, std::string{kKind} + to_hex(key.public_key) + "\n"));
    return key;
}

Result<std::string> load_public_key(Disk& disk, const std::string& folder) {
    return read_key_file(disk, folder + "/journal.pub");
}

}  // namespace vg::store
