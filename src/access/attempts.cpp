#include "access/attempts.h"

#include <algorithm>
#include <bit>

#include "base/bytes.h"
#include "base/ip.h"
#include "base/text.h"

namespace vg::access::attempts {

namespace {

constexpr std::int64_t kMostRows = 10'000;
constexpr std::int64_t kMostLinesAnHour = 200;
constexpr std::string_view kHour = "audit:hour";  // a row that counts audit lines; `last` is the start of its hour

struct Row {
    std::int64_t failures = 0;
    Time last;
    Time locked_until;
};

Result<Row> load(store::Transaction& tx, std::string_view who) {
    auto found = TRY((tx.first<std::int64_t, std::int64_t, std::int64_t>("select failures, last, locked_until from access_attempt where who = :a", {who})));
    if (!found) return Row{};
    const auto& [failures, last, locked_until] = *found;
    return Row{failures, {last}, {locked_until}};
}

Status save(store::Transaction& tx, std::string_view who, const Row& row) {
    TRY(tx.run("insert into access_attempt (who, failures, last, locked_until) values (:a, :b, :c, :d) on conflict (who) do update set "
               "failures = excluded.failures, last = excluded.last, locked_until = excluded.locked_until",
               {who, row.failures, row.last.micros, row.locked_until.micros}));
    return {};
}

Time locked_until(std::int64_t failures, std::int64_t free, Time now) {
    if (failures < free) return Time{};
    const Span wait = failures - free >= 10 ? kLongestWait : seconds(std::int64_t{1} << (failures - free));
    return now + std::min(wait, kLongestWait);
}

Status check(const Row& row, Time now) {
    if (row.locked_until <= now) return {};
    // A clock that was put back must not make anybody wait for longer than the longest wait.
    const Span wait = std::min(row.locked_until - now, kLongestWait);
    return fail(Code::busy, format("too many failed sign-ins; try again in {} seconds", (wait.micros + 999'999) / 1'000'000));
}

// Keeps the table bounded: what is forgotten goes first, then the oldest. A name under attack is always young.
Status trim_table(store::Transaction& tx, Time now) {
    const auto count_rows = [&]() -> Result<std::int64_t> {
        return std::get<0>(TRY(tx.first<std::int64_t>("select count(*) from access_attempt")).value_or(std::tuple{std::int64_t{0}}));
    };
    if (TRY(count_rows()) < kMostRows) return {};
    TRY(tx.run("delete from access_attempt where last < :a", {(now - kForgotten).micros}));
    const std::int64_t surplus = TRY(count_rows()) - (kMostRows - kMostRows / 10);
    if (surplus > 0) TRY(tx.run("delete from access_attempt where who in (select who from access_attempt order by last limit :a)", {surplus}));
    return {};
}

Status count(store::Transaction& tx, std::string_view who, std::int64_t free, Time now) {
    Row row = TRY(load(tx, who));
    TRY(check(row, now));
    if (row.last + kForgotten < now) row.failures = 0;
    ++row.failures;
    return save(tx, who, {row.failures, now, locked_until(row.failures, free, now)});
}

Status uncount(store::Transaction& tx, std::string_view who, std::int64_t free, Time now) {
    Row row = TRY(load(tx, who));
    row.failures = std::max<std::int64_t>(0, row.failures - 1);
    // The wait of the failures that stay has been waited for already, or the attempt would have been refused.
    row.locked_until = row.failures < free ? Time{} : now;
    return save(tx, who, row);
}

}  // namespace

Keys keys_of(std::string_view user_name, std::string_view peer) {
    Keys keys{"name:" + sha256_hex(user_name).substr(0, 32), {}};
    if (peer.empty()) return keys;
    auto address = parse_address(peer);
    if (address && !address->is_v4()) std::fill(address->bytes.begin() + 8, address->bytes.end(), std::uint8_t{0});
    keys.peer = "peer:" + (address ? address->text() : std::string{peer.substr(0, 64)});
    return keys;
}

Status begin(store::Transaction& tx, const Keys& keys, Time now) {
    TRY(trim_table(tx, now));
    TRY(count(tx, keys.name, kFreeByName, now));
    if (!keys.peer.empty()) TRY(count(tx, keys.peer, kFreeByPeer, now));
    return {};
}

Status take_back(store::Transaction& tx, const Keys& keys, bool forget_name, Time now) {
    if (forget_name)
        TRY(tx.run("delete from access_attempt where who = :a", {keys.name}));
    else
        TRY(uncount(tx, keys.name, kFreeByName, now));
    if (!keys.peer.empty()) TRY(uncount(tx, keys.peer, kFreeByPeer, now));
    return {};
}

Result<std::optional<json::Value>> worth_noting(store::Transaction& tx, const Keys& keys, Time now) {
    const std::int64_t failures = TRY(load(tx, keys.name)).failures;
    if (failures > 3 && !std::has_single_bit(static_cast<std::uint64_t>(failures))) return std::nullopt;
    Row hour = TRY(load(tx, kHour));
    if (hour.last + hours(1) < now || hour.last > now) hour = {0, now, {}};
    ++hour.failures;
    TRY(save(tx, kHour, hour));
    if (hour.failures > kMostLinesAnHour && !std::has_single_bit(static_cast<std::uint64_t>(hour.failures))) return std::nullopt;
    json::Value details = json::object({{"failures", failures}});
    if (!keys.peer.empty()) details.set("peer", keys.peer.substr(5));
    if (hour.failures > kMostLinesAnHour) details.set("failures_this_hour", hour.failures);
    return details;
}

}  // namespace vg::access::attempts
