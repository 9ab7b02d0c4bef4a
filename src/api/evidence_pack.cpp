#include "api/evidence_pack.h"

#include <algorithm>
#include <map>
#include <memory>

#include "api/evidence_readme.h"
#include "api/fields.h"
#include "api/problem.h"
#include "api/search_ask.h"
#include "api/search_routes.h"
#include "api/zip.h"
#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"
#include "store/audit.h"
#include "store/journal_proof.h"

namespace vg::api {

namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{2} << 30;        // of all records
constexpr std::uint64_t kMostBlockBytes = std::uint64_t{1} << 30;   // of all blocks
// SubjectPublicKeyInfo of an Ed25519 key up to the key itself (RFC 8410, section 4).
constexpr std::string_view kSpki{"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12};

std::string pem_of(std::string_view public_key) { return "-----BEGIN PUBLIC KEY-----\n" + to_base64(std::string{kSpki} + std::string{public_key}) + "\n-----END PUBLIC KEY-----\n"; }

// The file while it is made: an event a step, so that memory is bounded.
class EvidenceZip {
public:
    EvidenceZip(Ask& ask, std::vector<event::Position> positions, bool with_blocks, std::shared_ptr<SearchDesk::Search> search)
        : context_(ask.context), scope_(ask.actor.scope), search_(std::move(search)), positions_(std::move(positions)), with_blocks_(with_blocks), made_(ask.context.clock.now()), zip_(made_) {
        manifest_ = json::object({{"evidence", 1},
                                  {"program", "vonggac " VG_VERSION},
                                  {"journal", to_text(context_.journal.id())},
                                  {"made", time_value(made_)},
                                  {"by", ask.actor.name},
                                  {"reason", ask.body.text("reason")}});
    }

    // Appends the next piece; false after the last. What cannot be packed breaks off with a file that says why, and without
    // the end of the ZIP, so that nobody takes it for whole.
    bool next(std::string& out) {
        if (step_ == 0) {
            add(out, "README.vi.txt", kEvidenceReadmeVi);
            add(out, "README.en.txt", kEvidenceReadmeEn);
        }
        if (step_ == positions_.size()) {
            finish(out);
            return false;
        }
        const Status packed = search_->run([&](SearchTurn&) { return pack(out, step_, positions_[step_]); });
        ++step_;
        if (packed) return true;
        add(out, "BROKEN-OFF.txt", packed.error().text + "\n");
        return false;
    }

private:
    void add(std::string& out, const std::string& name, std::string_view bytes) {
        out += zip_.add(name, bytes);
        sums_ += format("{}  {}\n", sha256_hex(bytes), name);
    }

    Status pack(std::string& out, std::size_t index, event::Position position) {
        const store::RecordProof proof = TRY(store::prove(context_.journal, position, made_));
        const std::string& raw = proof.record.record.raw;
        if (key_.empty()) {
            key_ = proof.public_key;
            add(out, "proof/journal.pub", "ed25519 " + to_hex(key_) + "\n");
            add(out, "proof/journal.pem", pem_of(key_));
        }
        bytes_ += raw.size();
        if (bytes_ > kMostBytes) return fail(Code::too_large, "the records have more than 2 GiB; choose fewer");
        const std::string stem = format("{:04}-{}", index + 1, position.value);
        json::Value parsed = event_json(context_, proof.record, true);
        std::erase_if(parsed.as_object(), [](const json::Member& member) { return member.first == "raw" || member.first == "masked"; });
        add(out, "events/" + stem + ".raw", raw);
        add(out, "events/" + stem + ".json", parsed.pretty() + "\n");
        add(out, "proof/" + stem + ".statement", proof.statement);
        add(out, "proof/" + stem + ".sig", proof.signature);
        json::Value chain{json::Array{}};
        for (const store::ProvenBlock& block : proof.chain) chain.add(json::object({{"offset", block.offset}, {"kind", block.kind}, {"sha256", block.sha256}, {"previous", block.previous}}));
        add(out, "proof/" + stem + ".chain.json", json::object({{"segment", proof.segment}, {"signed", proof.is_signed}, {"chain", std::move(chain)}}).pretty() + "\n");
        json::Value entry = json::object({{"id", event::EventId{context_.journal.id(), position}.text()},
                                          {"received", time_value(proof.record.record.envelope.received)},
                                          {"raw", "events/" + stem + ".raw"},
                                          {"raw_sha256", sha256_hex(raw)},
                                          {"parsed", "events/" + stem + ".json"},
                                          {"statement", "proof/" + stem + ".statement"},
                                          {"signature", "proof/" + stem + ".sig"},
                                          {"chain", "proof/" + stem + ".chain.json"}});
        if (const auto name = blocks(out, proof)) entry.set("blocks", *name);
        events_.add(std::move(entry));
        return {};
    }

    // The blocks, when they lead to a signature and all that is in them may be seen. Events of one group share a file.
    std::optional<std::string> blocks(std::string& out, const store::RecordProof& proof) {
        if (!with_blocks_ || !proof.is_signed) return std::nullopt;
        if (!scope_.sees_node() && !std::all_of(proof.organisations.begin(), proof.organisations.end(), [&](const OrganisationId& one) { return scope_.sees(one); })) return std::nullopt;
        const std::string name = format("proof/blocks/{}-{}.blocks", proof.segment, proof.chain.front().offset);
        if (packed_blocks_.contains(name)) return name;
        if (block_bytes_ + proof.blocks.size() > kMostBlockBytes) return std::nullopt;
        block_bytes_ += proof.blocks.size();
        packed_blocks_.emplace(name, true);
        add(out, name, proof.blocks);
        return name;
    }

    void finish(std::string& out) {
        manifest_.set("events", std::move(events_));
        add(out, "manifest.json", manifest_.pretty() + "\n");
        out += zip_.add("SHA256SUMS", sums_);
        out += zip_.finish();
    }

    Context& context_;
    const access::Scope scope_;
    const std::shared_ptr<SearchDesk::Search> search_;
    const std::vector<event::Position> positions_;
    const bool with_blocks_;
    const Time made_;
    ZipWriter zip_;
    json::Value manifest_, events_{json::Array{}};
    std::string sums_, key_;
    std::map<std::string, bool> packed_blocks_;
    std::uint64_t bytes_ = 0, block_bytes_ = 0;
    std::size_t step_ = 0;
};

// The positions asked for, each once, and whose they are. What is missing and what is not his give the same answer.
Result<std::vector<event::Position>> positions_of(const Ask& ask, std::vector<OrganisationId>& owners) {
    const json::Value* ids = ask.body.find("ids");
    std::vector<event::Position> positions;
    std::size_t number = 0;
    for (const json::Value& one : ids->as_array()) {
        ++number;
        const auto missing = [&] { return fail(Code::not_found, format("field ids: there is no event number {} of them", number)); };
        const auto id = event::EventId::parse(one.as_text());
        if (!id || id->journal != ask.context.journal.id()) return missing();
        if (std::find(positions.begin(), positions.end(), id->position) != positions.end()) continue;
        if (id->position < ask.context.journal.begin() || id->position >= ask.context.journal.end()) return missing();
        const auto stored = ask.context.journal.at(id->position);
        if (!stored && ask.actor.scope.sees_node()) return fail(stored.error());
        if (!stored || stored->record.envelope.kind != event::Kind::data || !ask.actor.scope.sees(stored->record.envelope.organisation)) return missing();
        positions.push_back(id->position);
        owners.push_back(stored->record.envelope.organisation);
    }
    return positions;
}

}  // namespace

Result<net::Response> pack_evidence(Ask& ask) {
    if (ask.context.desk == nullptr) return fail(Code::unavailable, "this node does not search at the moment");
    if (!ask.actor.may("personal:reveal")) return fail(Code::denied, "evidence shows personal fields, which this account may not reveal");
    auto search = TRY(ask.context.desk->open({account_of(ask.actor), "", "evidence", std::nullopt}));
    std::vector<OrganisationId> owners;
    std::vector<event::Position> positions;
    TRY(search->run([&](SearchTurn&) -> Status {
        positions = TRY(positions_of(ask, owners));
        return {};
    }));
    const std::string reason = ask.body.text("reason").value_or("");
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        for (std::size_t i = 0; i < positions.size(); ++i)
            TRY(store::audit::append(tx, {.time = ask.context.clock.now(),
                                          .actor = ask.actor.name,
                                          .action = "evidence:export",
                                          .object = "event/" + event::EventId{ask.context.journal.id(), positions[i]}.text(),
                                          .organisation = owners[i],
                                          .details = json::object({{"reason", reason}, {"reveals", "personal fields and the bytes as they came"}})}));
        return {};
    }));
    const auto pack = std::make_shared<EvidenceZip>(ask, std::move(positions), ask.body.text("chain").value_or("blocks") == "blocks", std::move(search));
    net::Response response;
    response.with("Content-Type", "application/zip");
    response.with("Content-Disposition", format("attachment; filename=\"evidence-{}.zip\"", ask.context.clock.now().micros / 1'000'000));
    response.stream = [pack](std::string& out) { return pack->next(out); };
    return response;
}

}  // namespace vg::api
