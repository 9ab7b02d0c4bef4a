#include "findings/scorecard.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "findings/rows.h"

namespace vg::findings {

namespace {
constexpr std::int64_t kMostReasons = 200'000;  // different ones; beyond them closings count as closed alone
}

bool says_false(std::string_view reason) {
    const std::string words = fold(reason);
    for (const char* known : {"false positive", "false alarm", "false alert", "benign", "not an attack", "no attack", "bao nham", "bao dong gia", "canh bao gia", "bao sai", "duong tinh gia", "khong phai tan cong",
                              "khong phai su co"})
        if (words.find(known) != std::string::npos) return true;
    return words == "fp" || words.starts_with("fp ") || words.starts_with("fp:") || words.starts_with("fp,");
}

Result<std::vector<Scorecard>> scorecards(store::Transaction& tx, const access::Scope& scope) {
    const Where where = where_of(scope, {});
    std::map<std::string, Scorecard> by_rule;
    const auto counts = TRY((tx.query<std::string, std::string, std::int64_t, std::string, std::int64_t, std::int64_t, std::int64_t>(
        "select rule_id, state, case when muted_until is null then 0 else 1 end, max(rule_title), count(*), cast(sum(hits) as bigint), max(last_seen) from finding " + where.text +
            " group by rule_id, state, case when muted_until is null then 0 else 1 end",
        where.params)));
    for (const auto& [rule, state, muted, title, findings, events, last_seen] : counts) {
        Scorecard& card = by_rule[rule];
        card.rule = rule;
        card.title = std::max(card.title, title);
        card.findings += findings;
        card.events += events;
        (state == "closed" ? card.closed : card.open) += findings;
        if (muted != 0 && state != "closed") card.muted += findings;
        card.last_seen = std::max(card.last_seen, Time{last_seen});
    }
    Filter closed;
    closed.state = State::closed;
    const Where which = where_of(scope, closed);
    const auto reasons = TRY((tx.query<std::string, std::string, std::string, std::int64_t>(
        format("select rule_id, verdict, close_reason, count(*) from finding {} group by rule_id, verdict, close_reason order by rule_id, verdict, close_reason limit {}", which.text, kMostReasons), which.params)));
    for (const auto& [rule, said, reason, findings] : reasons) {
        const Verdict verdict = verdict_named(said).value_or(Verdict::unsaid);
        if (verdict == Verdict::attack) by_rule[rule].closed_true += findings;
        if (verdict == Verdict::false_alarm || (verdict == Verdict::unsaid && says_false(reason))) by_rule[rule].closed_false += findings;
    }
    std::vector<Scorecard> out;
    for (auto& [rule, card] : by_rule) out.push_back(std::move(card));
    std::stable_sort(out.begin(), out.end(), [](const Scorecard& a, const Scorecard& b) { return a.findings > b.findings; });
    return out;
}

}  // namespace vg::findings
