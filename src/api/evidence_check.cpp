#include "api/evidence_check.h"

#include <algorithm>
#include <map>

#include "api/zip.h"
#include "base/bytes.h"
#include "base/text.h"
#include "event/record.h"
#include "store/journal_proof.h"

namespace vg::api {

namespace {

constexpr std::size_t kMostWrong = 100;

class Check {
public:
    Check(const std::map<std::string, std::string_view>& files, std::string key) : files_(files), key_(std::move(key)) {}

    EvidenceReport report;

    void sums() {
        const auto list = files_.find("SHA256SUMS");
        if (list == files_.end()) return wrong("SHA256SUMS is missing");
        std::map<std::string, std::string> stated;
        for (std::string_view line : split(list->second, '\n')) {
            if (line.empty()) continue;
            if (line.size() < 67 || line.substr(64, 2) != "  ") return wrong("SHA256SUMS is damaged");
            stated.emplace(line.substr(66), line.substr(0, 64));
        }
        for (const auto& [name, hash] : stated)
            if (!files_.contains(name) && !name.starts_with("proof/blocks/")) wrong(name + " is missing");
        for (const auto& [name, bytes] : files_) {
            if (name == "SHA256SUMS") continue;
            const auto hash = stated.find(name);
            if (hash == stated.end())
                wrong(name + " does not stand in SHA256SUMS");
            else if (hash->second != sha256_hex(bytes))
                wrong(name + " is not what SHA256SUMS says");
        }
    }

    void event(const json::Value& one) {
        ++report.events;
        const std::string id = one.text("id").value_or("");
        const auto parsed = event::EventId::parse(id);
        const std::string_view raw = file(one, "raw"), statement = file(one, "statement"), signature = file(one, "signature");
        if (!parsed || raw.data() == nullptr || statement.data() == nullptr) return wrong(shorten(id, 80) + ": its files are missing");
        const auto facts = store::check_statement(statement, signature, key_);
        if (!facts) return wrong(id + ": " + facts.error().text);
        const auto fact = [&](std::string_view name) {
            const auto found = std::find_if(facts->begin(), facts->end(), [&](const auto& pair) { return pair.first == name; });
            return found == facts->end() ? std::string{} : found->second;
        };
        if (fact("journal") != to_text(parsed->journal) || fact("position") != format("{}", parsed->position.value)) return wrong(id + ": the statement is about another record");
        if (fact("raw-sha256") != sha256_hex(raw) || fact("raw-bytes") != format("{}", raw.size())) return wrong(id + ": the bytes are not those of the statement");
        ++report.stated;
        const std::string_view blocks = file(one, "blocks");
        if (blocks.data() == nullptr) return;  // left out: the statement stands alone
        const auto hash = store::check_blocks(blocks, parsed->position, raw, key_);
        if (!hash) return wrong(id + ": " + hash.error().text);
        if (*hash != fact("block-sha256")) return wrong(id + ": the block is not that of the statement");
        ++report.chained;
    }

    void wrong(std::string text) {
        if (report.wrong.size() < kMostWrong) report.wrong.push_back(std::move(text));
    }

private:
    // A file that the manifest names; no data when there is none.
    std::string_view file(const json::Value& one, std::string_view member) {
        const auto name = one.text(member);
        const auto found = name ? files_.find(*name) : files_.end();
        if (found == files_.end()) return {};
        return found->second.data() == nullptr ? std::string_view{""} : found->second;
    }

    const std::map<std::string, std::string_view>& files_;
    const std::string key_;
};

}  // namespace

Result<EvidenceReport> check_evidence(std::string_view zip, std::string_view key) {
    const ZipFiles unpacked = TRY(read_zip(zip));
    const auto& files = unpacked.files;
    const auto named = files.find("manifest.json"), own_key = files.find("proof/journal.pub");
    if (named == files.end() || own_key == files.end()) return fail(Code::bad_input, "this is no evidence file: manifest.json or proof/journal.pub is missing");
    const json::Value manifest = TRY_IN("manifest.json: ", json::parse(named->second));
    std::string_view hex = trim(key.empty() ? own_key->second : key);
    if (hex.starts_with("ed25519 ")) hex = trim(hex.substr(8));
    const std::string bytes = TRY_IN("the key: ", from_hex(hex));
    if (bytes.size() != 32) return fail(Code::bad_input, "the key must be 64 hexadecimal digits, as in keys/journal.pub");
    Check check{files, bytes};
    check.report.key = std::string{hex};
    check.report.key_given = !key.empty();
    check.sums();
    if (const json::Value* events = manifest.find("events"); events != nullptr && events->is_array())
        for (const json::Value& one : events->as_array()) check.event(one);
    if (check.report.events == 0) check.wrong("manifest.json names no event");
    return std::move(check.report);
}

}  // namespace vg::api
