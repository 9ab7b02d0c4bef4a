// Ed25519 (RFC 8032), for the checkpoints of the journal. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "store/journal.h"

namespace vg::store {

// The key whose secret is the given 32-byte seed.
Result<SigningKey> signing_key_of(std::string_view seed);

// 64 bytes. An error only when the key has not the right length.
Result<std::string> sign(const SigningKey& key, std::string_view message);

// False for a wrong signature and for a key or signature of the wrong length.
bool is_signed(std::string_view public_key, std::string_view message, std::string_view signature);

// The public half that load_or_make_signing_key() leaves beside the secret one, for auditors: FOLDER/journal.pub.
Result<std::string> load_public_key(Disk& disk, const std::string& folder);

}  // namespace vg::store
