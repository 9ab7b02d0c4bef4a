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
        } else if (key == "auto_close" && value.is_bool()) {
            policy.auto_close = value.as_bool();
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

void take_hours(Observed& observed, Time removed, const Hours& hours, const Policy& policy) {
    observed.from = removed;
    std::size_t end = hours.covered.size();
    while (end > 0 && !hours.covered[end - 1]) --end;
    const auto hour_at = [&](std::size_t i) { return hours.from + vg::hours(static_cast<std::int64_t>(i)); };
    observed.until = hour_at(end);
    const std::size_t counted = hours.covered.size() - end > 24 ? hours.covered.size() : end;
    const auto covered = static_cast<double>(std::count(hours.covered.begin(), hours.covered.end(), true));
    observed.coverage = counted == 0 ? 0 : covered / static_cast<double>(counted);
    // The longest stretch to the end of which enough is covered, of a day or more.
    observed.covered_from.reset();
    double in_stretch = 0;
    for (std::size_t length = 1; length <= end; ++length) {
        in_stretch += hours.covered[end - length] ? 1 : 0;
        if (length >= std::min<std::size_t>(24, end) && in_stretch >= policy.least_coverage * static_cast<double>(length)) observed.covered_from = std::max(hour_at(end - length), removed);
    }
    if (end == 0) observed.until = removed;
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
        because("contact-seen", format("{} contacts to its control servers after the removal, the last at {}{}", seen->contacts, to_rfc3339(*seen->last_contact), seen->of_unknown > 0 ? format("; {} of them by a machine that the logs do not tell from it", seen->of_unknown) : ""));
    }
    if (verdict.kind == Verdict::Kind::refused || verdict.kind == Verdict::Kind::lacks_evidence) return verdict;

    if (policy.list_absence && absent != nullptr) {
        verdict.kind = Verdict::Kind::may_close;
        because("absent-from-list", format("list {} of the same series and family does not name it, and its period began after the removal", absent->list));
        return verdict;
    }
    if (policy.list_absence) because("no-later-list", "no list of the same series and family, whose period began after the removal, has come yet");
    if (policy.quiet_days == 0) return verdict;
    std::optional<Time> start;  // since when nothing was seen in logs that cover it
    if (seen != nullptr && seen->why_not.empty()) {
        if (seen->covered_from)
            start = std::max(*seen->covered_from, evidence.removed);
        else if (seen->from <= evidence.removed && seen->coverage >= policy.least_coverage)
            start = evidence.removed;
    }
    if (start) verdict.quiet_days = std::clamp<std::int64_t>((std::min(seen->until, now) - *start).micros / kDay, 0, policy.quiet_days);
    const Time due = start.value_or(evidence.removed) + days(policy.quiet_days);
    const auto why_not = [&] {
        if (seen == nullptr) return because("not-observable", "no logs of the machine were looked at");
        if (seen->why_not == "no-control-servers") return because(seen->why_not, "no control server of the family is known here, so that nobody could see a contact");
        if (seen->why_not == "no-sources") return because(seen->why_not, "no source of the organisation sends connections or names");
        if (!seen->why_not.empty()) return because("not-observable", "the archive could not be asked");
        because("not-observable", format("the logs cover {} of 100 parts of the time since the removal, and {} are asked for", static_cast<int>(seen->coverage * 100), static_cast<int>(policy.least_coverage * 100)));
    };
    if (start && seen->until >= due && now >= due) {
        verdict.kind = Verdict::Kind::may_close;
        because("quiet", format("no contact for {} days, and the logs cover all of them", policy.quiet_days));
    } else if (now < evidence.removed + days(policy.quiet_days)) {
        because("quiet-so-far", format("{} of {} days without contact{}", verdict.quiet_days, policy.quiet_days, start ? "" : "; the logs do not cover them"));
        if (seen != nullptr && !seen->why_not.empty()) why_not();
    } else {
        verdict.kind = Verdict::Kind::not_observable;
        if (start) because("quiet-so-far", format("{} of {} days without contact that the logs cover without a gap", verdict.quiet_days, policy.quiet_days));
        why_not();
    }
    return verdict;
}

}  // namespace vg::cases
