// Passphrases for commands: from a file, standard input or the environment, never from an argument. One thread.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cli/noun.h"

namespace vg::cli {

// The first line of --passphrase-file FILE, of standard input for --passphrase-stdin, or of VONGGAC_BACKUP_PASSPHRASE;
// nothing when none is given.
Result<std::optional<std::string>> passphrase_of(const Call& call);

inline constexpr Option kPassphraseFile{"passphrase-file", "FILE", "the passphrase is the first line of this file; VONGGAC_BACKUP_PASSPHRASE does the same"};
inline constexpr Option kPassphraseStdin{"passphrase-stdin", "", "the passphrase is the first line of standard input"};

}  // namespace vg::cli
