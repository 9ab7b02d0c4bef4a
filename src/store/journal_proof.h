// Proof of single records, for those who were given them: from the bytes of a record to a signature of the journal's key.
// Two ways. The statement is a text that the node signs after it has recomputed the chain: small, and telling of nothing
// but the record. The blocks are the journal's own bytes from the record's group to the next checkpoint: with them anyone
// recomputes the chain, but they hold the neighbouring records too.
//
//   const RecordProof proof = TRY(prove(journal, position, clock.now()));
//   TRY(check_statement(proof.statement, proof.signature, public_key));
//   TRY(check_blocks(proof.blocks, position, raw, public_key));
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "store/journal.h"

namespace vg::store {

struct ProvenBlock {
    std::uint64_t offset = 0;      // in the segment
    std::string kind;              // "group", "checkpoint" or "close"
    std::string sha256, previous;  // hex; previous: of the block before it, as the block itself states
};

struct RecordProof {
    StoredRecord record;
    std::string segment;
    std::string statement;            // lines "name value"; what the signature covers
    std::string signature;            // 64 bytes, Ed25519 (RFC 8032)
    std::string public_key;           // 32 bytes
    std::vector<ProvenBlock> chain;   // from the record's group to the signature
    std::string blocks;               // their bytes, one behind the other
    std::vector<OrganisationId> organisations;  // whose records the blocks hold; nil: the node's own control records
    bool is_signed = false;           // a checkpoint follows; else the chain ends with the journal
};

// Reads the record's group and what follows it to the next signature (at most about 8 MiB more), and recomputes every
// checksum, hash and the signature on the way. Code::not_found: no such record; corrupt: the chain does not hold;
// unavailable: this kind of journal has no chain.
Result<RecordProof> prove(const Journal& journal, Position position, Time now);

// ---- for auditors; pure, and nothing in the bytes is trusted ----

// The facts of a statement, when the signature is of that key.
Result<std::vector<std::pair<std::string, std::string>>> check_statement(std::string_view statement, std::string_view signature, std::string_view public_key);
// Whether the first block holds exactly these bytes at that position, each block states the hash of the one before it, and
// the last is signed by that key. Returns the hash of the first block.
Result<std::string> check_blocks(std::string_view blocks, Position position, std::string_view raw, std::string_view public_key);

}  // namespace vg::store
