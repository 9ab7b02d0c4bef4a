// Secrets that State must hold and the program must be able to read again: of second factors, of the signatures of webhooks. They
// are sealed with XChaCha20-Poly1305 under a key of the node, which stands in DATA/keys and not in State, so that a copy of the
// database alone gives none away. Constant after construction; any thread.
//
//   const Secrets secrets = TRY(Secrets::load_or_make(disk, keys_folder, random));
//   const std::string stored = secrets.seal(secret, "webhook", random);
//   const std::string secret = TRY(secrets.open(stored, "webhook"));
#pragma once

#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"
#include "store/disk.h"

namespace vg::store {

class Secrets {
public:
    // FOLDER/secrets.key; made when it is not there.
    static Result<Secrets> load_or_make(Disk& disk, const std::string& folder, Random& random);
    explicit Secrets(std::string key);  // 32 bytes

    // Text. `label`: what it is and whose; what was sealed under another one cannot be opened.
    [[nodiscard]] std::string seal(std::string_view secret, std::string_view label, Random& random) const;
    // What was stored before there was sealing comes back as it is. Code::denied: sealed under another key or label, or altered.
    [[nodiscard]] Result<std::string> open(std::string_view stored, std::string_view label) const;
    [[nodiscard]] static bool is_sealed(std::string_view stored);

private:
    std::string key_;
};

}  // namespace vg::store
