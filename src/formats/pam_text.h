// The lines that PAM modules write into the log of the program that asked them: pam_unix(sshd:auth): ... Used by sshd
// and sudo.
#pragma once

#include <string_view>

#include "formats/format.h"

namespace vg::formats {

// Adds what the line says. False: it is not of PAM.
bool read_pam(std::string_view message, Parsed& parsed);
// The same for what stands behind the module's name: "session opened for user news by (uid=0)".
void read_pam_message(std::string_view text, Parsed& parsed);

}  // namespace vg::formats
