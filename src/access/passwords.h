// Passwords: argon2id (RFC 9106) by libsodium, with a bound on how many are computed at once, since each takes tens of
// megabytes. Computed outside of any transaction: a hash takes as long as hundreds of commits. Any thread.
//
//   Passwords passwords{random};
//   TRY(password_is_acceptable(text, user_name));
//   std::string stored = TRY(passwords.hash(text));
//   bool right = TRY(passwords.verify(stored, text));
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"

namespace vg::access {

inline constexpr std::size_t kShortestPassword = 12;  // characters
inline constexpr std::size_t kLongestPassword = 1'024;  // bytes

// Length, not composition (NIST SP 800-63B, section 5.1.1.2): at least 12 characters, not the user's name, not one of
// the most common passwords nor a run of one character. Code::bad_input with "field password: " and the reason.
Status password_is_acceptable(std::string_view password, std::string_view user_name);

struct PasswordCost {
    std::uint64_t passes = 2;
    std::uint64_t memory = std::uint64_t{32} << 20;  // bytes
};
// For tests of other things: the least that libsodium computes.
inline constexpr PasswordCost kCheapPasswords{1, 8'192};

struct PasswordOptions {
    PasswordCost cost;
    std::size_t at_once = 2;   // hashes computed in parallel
    std::size_t waiting = 32;  // callers that may wait for one; more get Code::busy
};

class Passwords {
public:
    using Options = PasswordOptions;
    explicit Passwords(Random& random, PasswordOptions options = {});

    // "$argon2id$v=19$m=...,t=...,p=1$SALT$HASH". Passwords are compared in Unicode form NFC. Code::busy when too many wait.
    Result<std::string> hash(std::string_view password);
    // Whether the password belongs to the stored text. Without a stored text it takes the same time and is false, so that
    // an unknown user cannot be told from a wrong password.
    Result<bool> verify(const std::optional<std::string>& stored, std::string_view password);
    // Whether the stored text was made at another cost than today's.
    [[nodiscard]] bool is_outdated(const std::string& stored) const;

private:
    // Holds one of the `at_once` places.
    class Place;
    Result<std::string> hash_in_place(std::string_view password);

    // constant after construction
    Random& random_;
    PasswordOptions options_;
    std::string nobody_;  // a hash that belongs to no password

    std::mutex mutex_;
    std::condition_variable free_;
    // guarded by mutex_
    std::size_t computing_ = 0;
    std::size_t waiting_ = 0;
};

}  // namespace vg::access
