// The two small text files of a journal folder, and the names of segments. Inside of store only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "store/journal.h"

namespace vg::store::journal {

// Which journal this is. The salt makes the marks of blocks unknown to senders; it is no secret from who reads the disk.
struct Identity {
    Uuid id{};
    std::uint64_t salt = 0;
};
std::string identity_text(const Identity& identity);
// Code::bad_input when a newer program made it, Code::corrupt when it is damaged.
Result<Identity> parse_identity(std::string_view text);
// Reads FOLDER/identity; when it is damaged or gone, takes the same facts from the header of a segment.
Result<Identity> load_identity(Disk& disk, const std::string& folder);

// Everything before `begin` was deleted because retention allowed it, and not by someone else.
struct Retention {
    std::uint64_t begin = 0;
    Time when;
};
Result<std::string> retention_text(const Uuid& journal, const Retention& retention, const SigningKey& key);
// Code::corrupt when the form or the signature is wrong.
Result<Retention> parse_retention(std::string_view text, const Uuid& journal, std::string_view public_key);
// begin 0 when the file does not exist.
Result<Retention> load_retention(Disk& disk, const std::string& folder, const Uuid& journal, std::string_view public_key);

std::string segment_name(std::uint64_t first);
std::optional<std::uint64_t> first_of_name(std::string_view name);  // nothing: not the name of a segment
// First positions of the segments in a folder, rising.
Result<std::vector<std::uint64_t>> list_segments(Disk& disk, const std::string& folder);

}  // namespace vg::store::journal
