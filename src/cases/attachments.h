// Files that people attach to cases and items: screenshots, logs, reports of scans. The bytes stand below the data folder under their
// SHA-256, durable before the row that names them is, and are never read by anything but their hash; who, when, what and for what stand
// in State, with an entry of the timeline and an audit line. Nothing is ever taken away. Called by api; the caller has asked whether the
// actor may.
//
//   const Attachment kept = TRY(attach(place, actor, {.item = id, .name = "quet-lai.png", .note = {}}, bytes, random, now));
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cases/cases.h"
#include "store/disk.h"

namespace vg::cases {

struct AttachmentTag;
using AttachmentId = Id<AttachmentTag>;

inline constexpr std::string_view kAttachmentFolder = "evidence/cases";         // below the data folder, where a backup finds them
inline constexpr std::size_t kMostAttachment = std::size_t{32} << 20;            // bytes of one
inline constexpr std::int64_t kMostAttachments = 500;                            // of a case
inline constexpr std::int64_t kMostAttached = std::int64_t{1} << 30;             // bytes of a case

store::Schema attachment_schema();

struct AttachmentPlace {
    store::State& state;
    store::Disk& disk;
    std::string folder;              // FOLDER/SHA256
};

struct Attachment {
    AttachmentId id;
    CaseId of;                       // of its item now, where it has one
    std::optional<ItemId> item;
    OrganisationId organisation;
    std::string name, sha256, note;
    std::int64_t bytes = 0;
    std::string by;
    Time added;
    std::int64_t evidence = 0;       // number of the removal that names it; 0: none does
};

struct Attach {
    std::optional<CaseId> of;        // either this
    std::optional<ItemId> item;      // or this
    std::string name, note;
};

// What somebody called a file, as it may stand in a list and in a header: without folders, without characters that cannot be seen or turn
// the text about, without a dot before, at most 120 characters. Never empty.
std::string file_name_of(std::string_view given);

// The same bytes at the same place once more give what stands there already. Code::too_large beyond the bounds.
Result<Attachment> attach(const AttachmentPlace& place, const access::Actor& actor, const Attach& what, std::string_view bytes, Random& random, Time now);

Result<Attachment> find_attachment(store::Transaction& tx, const access::Scope& scope, const AttachmentId& id);
// Of a case and of all its items, or of one item; in the order of their ids.
Result<std::vector<Attachment>> attachments(store::Transaction& tx, const access::Scope& scope, const std::optional<CaseId>& of, const std::optional<ItemId>& item, const std::string& after, std::size_t limit);

// The last removal that was told of the item names this attachment, of the item or of its case.
Status name_evidence(store::Transaction& tx, const access::Scope& scope, const Item& item, const AttachmentId& id);

// The bytes, checked against their hash. Code::corrupt: they were changed; not_found: they are gone.
Result<std::string> bytes_of(const AttachmentPlace& place, const Attachment& attachment);
// All of them: what is wrong, in sentences. `checked` gets how many were looked at.
Result<std::vector<std::string>> check_attachments(const AttachmentPlace& place, std::int64_t& checked);

}  // namespace vg::cases
