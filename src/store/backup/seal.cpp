#include "store/backup/seal.h"

#include <sodium.h>

#include <array>

#include "base/bytes.h"
#include "base/check.h"
#include "base/text.h"
#include "store/byte_pointers.h"

namespace vg::store::backup {

namespace {

constexpr std::size_t kKey = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::string_view kKeyLabel = "vonggac backup key 1";
// What a description may ask of this machine: it comes from a disk that others can write to.
constexpr std::int64_t kMostPasses = 64;
constexpr std::int64_t kMostMemory = std::int64_t{2} << 30;

static_assert(Seal::kOverhead == kNonce + kTag);
static_assert(kKey == 32 && crypto_generichash_KEYBYTES == 32 && crypto_kdf_KEYBYTES == 32);

void wipe(std::string& secret) {
    if (!secret.empty()) sodium_memzero(secret.data(), secret.size());
}

std::string encrypt(std::string_view key, std::string_view plain, std::string_view label, Random& random) {
    std::string out(kNonce + plain.size() + kTag, '\0');
    random.fill(bytes_of(out), kNonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(out) + kNonce, nullptr, bytes_of(plain), plain.size(), bytes_of(label), label.size(), nullptr, bytes_of(out),
                                               bytes_of(key));
    return out;
}

std::optional<std::string> decrypt(std::string_view key, std::string_view stored, std::string_view label) {
    if (stored.size() < kNonce + kTag) return std::nullopt;
    std::string plain(stored.size() - kNonce - kTag, '\0');
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytes_of(plain), nullptr, nullptr, bytes_of(stored) + kNonce, stored.size() - kNonce, bytes_of(label), label.size(),
                                                   bytes_of(stored), bytes_of(key)) != 0)
        return std::nullopt;
    return plain;
}

Result<std::string> key_from(std::string_view passphrase, std::string_view salt, const SealCost& cost) {
    CHECK(sodium_init() >= 0, "libsodium starts on any Linux");
    std::string normal = nfc(passphrase);  // a keyboard that composes accents and one that does not give the same key
    std::string key(kKey, '\0');
    const int made = crypto_pwhash(bytes_of(key), key.size(), normal.data(), normal.size(), bytes_of(salt), cost.passes, static_cast<std::size_t>(cost.memory),
                                   crypto_pwhash_ALG_ARGON2ID13);
    wipe(normal);
    if (made != 0) return fail(Code::unavailable, format("no memory to make the key from the passphrase: it takes {} MiB", cost.memory >> 20));
    return key;
}

std::string keyed_hash(std::string_view key, std::string_view text) {
    std::string out(32, '\0');
    crypto_generichash(bytes_of(out), out.size(), bytes_of(text), text.size(), bytes_of(key), key.size());
    return to_hex(out);
}

}  // namespace

Seal::~Seal() { wipe(keys_); }

void Seal::derive(std::string_view master) {
    keys_.assign(3 * kKey, '\0');
    for (std::uint64_t i = 0; i < 3; ++i) crypto_kdf_derive_from_key(bytes_of(keys_) + i * kKey, kKey, i + 1, "vgbackup", bytes_of(master));
}

Result<Seal> Seal::make(std::string_view passphrase, Random& random, const SealCost& cost) {
    if (passphrase.size() < kShortestPassphrase) return fail(Code::bad_input, format("the passphrase needs at least {} bytes", kShortestPassphrase));
    std::string salt(crypto_pwhash_argon2id_SALTBYTES, '\0');
    random.fill(bytes_of(salt), salt.size());
    std::string key = TRY(key_from(passphrase, salt, cost));
    std::string master(kKey, '\0');
    random.fill(bytes_of(master), master.size());
    Seal seal;
    seal.description_ = json::object({{"kdf", "argon2id"},
                                      {"passes", cost.passes},
                                      {"memory", cost.memory},
                                      {"salt", to_hex(salt)},
                                      {"cipher", "xchacha20-poly1305"},
                                      {"key", to_hex(encrypt(key, master, kKeyLabel, random))}});
    seal.derive(master);
    wipe(key);
    wipe(master);
    return seal;
}

Result<Seal> Seal::open(const json::Value& description, const std::optional<std::string>& passphrase) {
    Seal seal;
    if (description.is_null()) {
        if (passphrase) return fail(Code::denied, "this backup was made without a passphrase and holds no keys; for one with a passphrase name another folder");
        return seal;
    }
    seal.description_ = description;
    const auto passes = description.integer("passes"), memory = description.integer("memory");
    const auto salt = from_hex(description.text("salt").value_or("")), sealed = from_hex(description.text("key").value_or(""));
    if (description.text("kdf") != "argon2id" || description.text("cipher") != "xchacha20-poly1305" || !passes || *passes < 1 || *passes > kMostPasses || !memory ||
        *memory < 8192 || *memory > kMostMemory || !salt || salt->size() != crypto_pwhash_argon2id_SALTBYTES || !sealed || sealed->size() != kNonce + kKey + kTag)
        return fail(Code::corrupt, "the description of the backup's key is damaged, or made by a newer program");
    if (!passphrase) return seal;
    std::string key = TRY(key_from(*passphrase, *salt, {static_cast<std::uint64_t>(*passes), static_cast<std::uint64_t>(*memory)}));
    auto master = decrypt(key, *sealed, kKeyLabel);
    wipe(key);
    if (!master) return fail(Code::denied, "the passphrase is not the one that this backup was made with");
    seal.derive(*master);
    wipe(*master);
    return seal;
}

std::string Seal::name_of(std::string_view piece) const {
    CHECK(!is_locked(), "without the passphrase nothing is named");
    return keys_.empty() ? sha256_hex(piece) : keyed_hash(std::string_view{keys_}.substr(0, kKey), piece);
}

std::string Seal::seal(std::string_view piece, std::string_view name, Random& random) const {
    CHECK(!is_locked(), "without the passphrase nothing is sealed");
    return keys_.empty() ? std::string{piece} : encrypt(std::string_view{keys_}.substr(kKey, kKey), piece, name, random);
}

Result<std::string> Seal::unseal(std::string stored, std::string_view name) const {
    CHECK(!is_locked(), "without the passphrase nothing is unsealed");
    if (!keys_.empty()) {
        auto plain = decrypt(std::string_view{keys_}.substr(kKey, kKey), stored, name);
        if (!plain) return fail(Code::corrupt, "its seal does not fit");
        stored = std::move(*plain);
    }
    if (name_of(stored) != name) return fail(Code::corrupt, "its bytes do not have the hash it is named by");
    return stored;
}

std::string Seal::vouch(std::string_view text) const { return keys_.empty() ? std::string{} : keyed_hash(std::string_view{keys_}.substr(2 * kKey, kKey), text); }

}  // namespace vg::store::backup
