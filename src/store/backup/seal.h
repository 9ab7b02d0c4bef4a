// How the pieces of a backup are named and sealed. Inside of store/backup only. One thread a Seal.
//
// Without a passphrase a piece is stored as it is, under its SHA-256. With one, everything in the backup is sealed with
// XChaCha20-Poly1305 under a random key of the folder, which itself is sealed under a key that argon2id (RFC 9106) makes
// from the passphrase. A piece is then named by a keyed BLAKE2b of its content: the same piece gets the same name, and the
// name tells nothing to who has not the key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/json.h"
#include "base/result.h"

namespace vg::store::backup {

// What guessing one passphrase costs.
struct SealCost {
    std::uint64_t passes = 4;
    std::uint64_t memory = std::uint64_t{128} << 20;
};
inline constexpr std::size_t kShortestPassphrase = 12;  // bytes

class Seal {
public:
    static Seal plain() { return Seal{}; }
    static Result<Seal> make(std::string_view passphrase, Random& random, const SealCost& cost);
    // `description` as describe() gave it, null for a plain one. Without a passphrase a sealed folder can be listed and
    // its stored bytes compared, nothing more. Code::denied: the passphrase is wrong, or there should be none.
    static Result<Seal> open(const json::Value& description, const std::optional<std::string>& passphrase);
    Seal(Seal&& other) noexcept = default;
    Seal& operator=(Seal&&) = delete;
    ~Seal();

    [[nodiscard]] bool is_sealed() const { return !description_.is_null(); }
    [[nodiscard]] bool is_locked() const { return is_sealed() && keys_.empty(); }
    [[nodiscard]] const json::Value& describe() const { return description_; }

    // 64 hex digits.
    [[nodiscard]] std::string name_of(std::string_view piece) const;
    [[nodiscard]] std::string seal(std::string_view piece, std::string_view name, Random& random) const;
    [[nodiscard]] Result<std::string> unseal(std::string stored, std::string_view name) const;
    // Vouches for a manifest: keyed when sealed, else empty.
    [[nodiscard]] std::string vouch(std::string_view text) const;

    static constexpr std::size_t kOverhead = 24 + 16;  // nonce and tag

private:
    Seal() = default;
    void derive(std::string_view master);

    json::Value description_;
    std::string keys_;  // three of 32 bytes: names, pieces, manifests; empty: plain or locked
};

}  // namespace vg::store::backup
