// The audit chain: who did what to which object, when, and why. Each line carries the hash of the one before it, so that
// a changed, removed or inserted line is found. A domain room appends inside the transaction of the change itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/result.h"
#include "store/state.h"

namespace vg::store {

struct AuditLine {
    std::int64_t number = 0;     // from 1
    Time time;
    std::string actor;           // "user:NAME", "token:NAME", "system", "local:UID"
    std::string action;          // "finding:mute"
    std::string object;          // "finding/0190..."
    OrganisationId organisation; // whose auditors may see the line; nil: the node's own
    json::Value details;         // before, after, reason; never a secret
    std::string hash;            // hex SHA-256 over the previous hash and all of the above
};

Schema audit_schema();

namespace audit {

// number and hash of `line` are set here.
Status append(Transaction& tx, AuditLine line);
// Newest first, numbers below `before` when given, at most `limit`. `organisations` null: all.
Result<std::vector<AuditLine>> list(Transaction& tx, const std::vector<OrganisationId>* organisations,
                                    std::optional<std::int64_t> before, std::size_t limit);

// What was done to one object ("finding/0190..."), newest first. Whether the asker may see the object was asked before.
Result<std::vector<AuditLine>> list_of(Transaction& tx, std::string_view object, std::size_t limit);

struct Verification {
    std::int64_t lines = 0;
    std::optional<std::int64_t> first_wrong;  // the first line whose hash does not fit, or that is missing
    std::string reason;
    std::string head;                          // hex hash of the last line: write it down elsewhere to prove completeness
};
Result<Verification> verify(Transaction& tx);

}  // namespace audit

}  // namespace vg::store
