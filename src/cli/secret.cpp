#include "cli/secret.h"

#include <fstream>
#include <istream>

#include "base/text.h"

namespace vg::cli {

Result<std::optional<std::string>> passphrase_of(const Call& call) {
    std::string line;
    if (const auto file = call.option("passphrase-file")) {
        if (call.has("passphrase-stdin")) return fail(Code::bad_input, "--passphrase-file and --passphrase-stdin exclude one another");
        std::ifstream in{*file, std::ios::binary};
        if (!in) return fail(Code::not_found, format("--passphrase-file: {} cannot be read", *file));
        std::getline(in, line);
    } else if (call.has("passphrase-stdin")) {
        std::getline(call.streams.in, line);
    } else if (const auto given = call.surroundings.variable ? call.surroundings.variable("VONGGAC_BACKUP_PASSPHRASE") : std::nullopt) {
        line = *given;
    } else {
        return std::nullopt;
    }
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) return fail(Code::bad_input, "the passphrase is empty");
    return line;
}

}  // namespace vg::cli
