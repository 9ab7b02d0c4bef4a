// Whether an evidence file holds together: for `vonggac evidence verify` and for auditors. Pure; the file is hostile.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace vg::api {

struct EvidenceReport {
    std::size_t events = 0;       // in the manifest
    std::size_t stated = 0;       // whose statement is signed and fits the bytes
    std::size_t chained = 0;      // whose blocks lead to a signature
    std::string key;              // hex, that all of it was checked with
    bool key_given = false;       // by the caller; else it is the file's own, which proves only that the file fits itself
    std::vector<std::string> wrong;
    [[nodiscard]] bool good() const { return wrong.empty() && stated == events; }
};

// `key` is what keys/journal.pub of the node holds ("ed25519 HEX", or HEX alone), taken from elsewhere than the file. Empty:
// the one in the file.
Result<EvidenceReport> check_evidence(std::string_view zip, std::string_view key);

}  // namespace vg::api
