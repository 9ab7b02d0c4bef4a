#include "cases/verification.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "base/yaml.h"

namespace vg::cases {

namespace {

constexpr std::int64_t kDay = 86'400'000'000;

}  // namespace

Result<Policy> read_policy(std::string_view text) {
    const auto documents = TRY(yaml::parse(text));
    if (documents.size() != 1 || !documents.front().value.is_object()) return fail(Code::bad_input, "the policy is not one document with members");
    Policy policy{.needs_tool = false, .needs_hash = false, .needs_rescan = false};
    for (const auto& [key, value] : documents.front().value.as_object()) {
        if (key == "evidence" && value.is_array()) {
            for (const json::Value& one : value.as_array()) {
                const std::string name = one.is_text() ? one.as_text() : std::string{};
                if (name == "tool")
                    policy.needs_tool = true;
                else if (name == "hash")
                    policy.needs_hash = true;
                else if (name == "rescan")
                    policy.needs_rescan = true;
                else
                    return fail(Code::bad_input, format("evidence: '{}' is none of tool, hash, rescan", name));
            }
        } else if (key == "list_absence" && value.is_bool()) {
            policy.list_absence = value.as_bool();
        } else if (key == "quiet_days" && value.is_int() && value.as_int() >= 0 && value.as_int() <= 366) {
            policy.quiet_days = value.as_int();
        } else if (key == "least_coverage" && value.is_number() && value.as_real() > 0 && value.as_real() <= 1) {
            policy.least_coverage = value.as_real();
        } else {
            return fail(Code::bad_input, format("{}: is unknown here, or its value is none that it takes", key));
        }
    }
    if (!policy.list_absence && policy.quiet_days == 0) return fail(Code::bad_input, "list_absence and quiet_days: one of them must count, or nothing would ever be verified");
    return policy;
}

std::string_view name_of(Verdict::Kind kind) {
    switch (kind) {
        case Verdict::Kind::waits: return "waits";
        case Verdict::Kind::may_close: return "may-close";
        case Verdict::Kind::refused: return "refused";
        case Verdict::Kind::lacks_evidence: return "lacks-evidence";
        case Verdict::Kind::not_observable: return "not-observable";
    }
    return "waits";
}

Verdict verify(const Policy& policy, const ItemFacts& facts, Time now) {
    Verdict verdict;
    const auto because = [&](std::string code, std::string text) { verdict.reasons.push_back({std::move(code), std::move(text)}); };
    if (!facts.evidence) {
        verdict.kind = Verdict::Kind::lacks_evidence;
        because("removal-missing", "nobody has told of a removal");
        return verdict;
    }
    const Evidence& evidence = *facts.evidence;
    if (policy.needs_tool && evidence.tool.empty()) because("tool-missing", "the evidence does not say with what it was removed");
    if (policy.needs_hash && evidence.hash.empty()) because("hash-missing", "the evidence has no hash of what was removed");
    if (policy.needs_rescan && evidence.rescan == Rescan::none) because("rescan-missing", "the machine was not scanned again");
    if (!verdict.reasons.empty()) verdict.kind = Verdict::Kind::lacks_evidence;
    if (evidence.rescan == Rescan::infected) {
        verdict.kind = Verdict::Kind::refused;
        because("rescan-infected", "the second scan found it again");
    }
    // Lists whose period begins before the removal say nothing of what is there now.
    const LaterList* absent = nullptr;
    for (const LaterList& list : facts.lists) {
        if (list.period_from < evidence.removed) continue;
        if (list.names_it) {
            verdict.kind = Verdict::Kind::refused;
            because("named-again", format("list {} names it again, in a period that began after the removal", list.list));
        } else {
            absent = &list;
        }
    }
    const Observed* seen = facts.observed ? &*facts.observed : nullptr;
    if (seen != nullptr && seen->last_contact && *seen->last_contact > evidence.removed) {
        verdict.kind = Verdict::Kind::refused;
        because("contact-seen", format("{} contacts to its control servers after the removal, the last at {}", seen->contacts, to_rfc3339(*seen->last_contact)));
    }
    if (verdict.kind == Verdict::Kind::refused || verdict.kind == Verdict::Kind::lacks_evidence) return verdict;

    if (policy.list_absence && absent != nullptr) {
        verdict.kind = Verdict::Kind::may_close;
        because("absent-from-list", format("list {} of the same series and family does not name it, and its period began after the removal", absent->list));
        return verdict;
    }
    if (policy.list_absence) because("no-later-list", "no list of the same series and family, whose period began after the removal, has come yet");
    if (policy.quiet_days == 0) return verdict;
    const Time due = evidence.removed + days(policy.quiet_days);
    const bool covered = seen != nullptr && seen->from <= evidence.removed && seen->coverage >= policy.least_coverage;
    if (covered) verdict.quiet_days = std::clamp<std::int64_t>((std::min(seen->until, now) - evidence.removed).micros / kDay, 0, policy.quiet_days);
    if (covered && seen->until >= due && now >= due) {
        verdict.kind = Verdict::Kind::may_close;
        because("quiet", format("no contact for {} days, and the logs cover all of them", policy.quiet_days));
    } else if (now < due) {
        because("quiet-so-far", format("{} of {} days without contact{}", verdict.quiet_days, policy.quiet_days, covered ? "" : "; the logs do not cover them"));
    } else {
        verdict.kind = Verdict::Kind::not_observable;
        because("not-observable", seen == nullptr ? "no logs of the machine were looked at" : format("the logs cover {} of 100 parts of the time since the removal, and {} are asked for", static_cast<int>(seen->coverage * 100), static_cast<int>(policy.least_coverage * 100)));
    }
    return verdict;
}

}  // namespace vg::cases
