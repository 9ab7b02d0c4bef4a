#include "store/secrets.h"

#include <sodium.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/text.h"
#include "store/byte_pointers.h"

namespace vg::store {

namespace {

constexpr std::string_view kMark = "sealed1:";
constexpr std::string_view kFile = "secret-box ";
constexpr std::size_t kKey = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;

}  // namespace

Secrets::Secrets(std::string key) : key_(std::move(key)) {
    CHECK(key_.size() == kKey, "the key has 32 bytes");
    CHECK(sodium_init() >= 0, "libsodium starts on any Linux");
}

Result<Secrets> Secrets::load_or_make(Disk& disk, const std::string& folder, Random& random) {
    const std::string path = folder + "/secrets.key";
    std::string key(kKey, '\0');
    if (disk.exists(path)) {
        const std::string text = TRY(read_whole(disk, path, 4096));
        const std::string_view line = trim(text);
        if (!line.starts_with(kFile)) return fail(Code::corrupt, format("{} does not begin with \"{}\"", path, trim(kFile)));
        key = TRY_IN(path + ": ", from_hex(trim(line.substr(kFile.size()))));
        if (key.size() != kKey) return fail(Code::corrupt, format("{} has {} bytes of key, not 32", path, key.size()));
    } else {
        random.fill(bytes_of(key), key.size());
        TRY(write_whole(disk, path, std::string{kFile} + to_hex(key) + "\n"));
    }
    return Secrets{std::move(key)};
}

std::string Secrets::seal(std::string_view secret, std::string_view label, Random& random) const {
    std::string out(kNonce + secret.size() + kTag, '\0');
    random.fill(bytes_of(out), kNonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(out) + kNonce, nullptr, bytes_of(secret), secret.size(), bytes_of(label), label.size(), nullptr, bytes_of(out), bytes_of(key_));
    return std::string{kMark} + to_hex(out);
}

Result<std::string> Secrets::open(std::string_view stored, std::string_view label) const {
    if (!is_sealed(stored)) return std::string{stored};
    const auto bytes = from_hex(stored.substr(kMark.size()));
    std::string secret;
    if (bytes && bytes->size() >= kNonce + kTag) {
        secret.resize(bytes->size() - kNonce - kTag);
        if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytes_of(secret), nullptr, nullptr, bytes_of(*bytes) + kNonce, bytes->size() - kNonce, bytes_of(label), label.size(), bytes_of(*bytes),
                                                       bytes_of(key_)) == 0)
            return secret;
    }
    return fail(Code::denied, "a stored secret was sealed under another key: is keys/secrets.key the one that belongs to this State?");
}

bool Secrets::is_sealed(std::string_view stored) { return stored.starts_with(kMark); }

}  // namespace vg::store
