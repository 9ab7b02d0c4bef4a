#include "api/idempotency.h"

#include <algorithm>
#include <utility>

#include "api/problem.h"
#include "api/rule_store.h"
#include "base/bytes.h"
#include "base/text.h"

namespace vg::api {

namespace {

constexpr Span kKeep = hours(24);
constexpr std::int64_t kUnfinished = 0, kSecret = -1;  // in the column "status"

bool is_key(std::string_view key) {
    return !key.empty() && key.size() <= 255 && std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

net::Response replay(std::int64_t status, const std::string& headers, std::string body) {
    net::Response response;
    response.status = static_cast<int>(status);
    for (std::string_view line : split(headers, '\n')) {
        const std::size_t colon = line.find(": ");
        if (colon != std::string_view::npos) response.with(std::string{line.substr(0, colon)}, std::string{line.substr(colon + 2)});
    }
    response.with("Idempotency-Replayed", "true");
    response.body = std::move(body);
    return response;
}

}  // namespace

store::Schema schema() {
    return {"api",
            {{
                "create table kept_answer (actor text not null, idempotency_key text not null, route text not null, body_hash text not null, "
                "status bigint not null, headers text not null, body text not null, made bigint not null, primary key (actor, idempotency_key))",
                "create index kept_answer_made on kept_answer (made)",
            },
            {
                // sort_name: the name folded for order; account: the user's id, or home and name of a token.
                "create table saved_search (id text not null primary key, organisation text not null, account text not null, author text not null, name text not null, "
                "sort_name text not null, query text not null, time_range text not null, shared bigint not null, created bigint not null)",
                "create index saved_search_order on saved_search (sort_name, id)",
                "create index saved_search_account on saved_search (account)",
            },
            RuleStore::tables(),
            RuleStore::later_tables()}};
}

Result<std::optional<net::Response>> claim(store::State& state, const Claim& claim, Time now) {
    if (!is_key(claim.key)) return fail(Code::bad_input, "field Idempotency-Key: must be 1 to 255 visible ASCII characters");
    return state.write([&](store::Transaction& tx) -> Result<std::optional<net::Response>> {
        TRY(tx.run("delete from kept_answer where made < :t", {(now - kKeep).micros}));
        const auto found = TRY((tx.first<std::string, std::string, std::int64_t, std::string, std::string>(
            "select route, body_hash, status, headers, body from kept_answer where actor = :a and idempotency_key = :k", {claim.actor, claim.key})));
        if (!found) {
            TRY(tx.run("insert into kept_answer (actor, idempotency_key, route, body_hash, status, headers, body, made) values (:a, :k, :r, :h, :s, '', '', :m)",
                       {claim.actor, claim.key, claim.route, claim.body_hash, kUnfinished, now.micros}));
            return std::nullopt;
        }
        const auto& [route, hash, status, headers, body] = *found;
        if (route != claim.route || hash != claim.body_hash)
            return problem(422, {Code::conflict, "field Idempotency-Key: was used for another request within 24 hours; take a new key for a new request"});
        if (status == kUnfinished)
            return problem(409, {Code::conflict, "the first request with this Idempotency-Key is still in hand, or the node stopped during it; look whether it was done before you take a new key"});
        if (status == kSecret)
            return problem(409, {Code::conflict, "this request was carried out before; its secret is shown only once. Revoke what it made and take a new key"});
        return replay(status, headers, body);
    });
}

Status keep_answer(store::State& state, const Claim& claim, const net::Response& response, bool secret) {
    std::string headers;
    for (const auto& [name, value] : response.headers)
        if (name == "Content-Type" || name == "ETag" || name == "Location") headers += format("{}: {}\n", name, value);
    return state.write([&](store::Transaction& tx) -> Status {
        TRY(tx.run("update kept_answer set status = :s, headers = :h, body = :b where actor = :a and idempotency_key = :k",
                   {secret ? kSecret : std::int64_t{response.status}, headers, secret ? std::string{} : response.body, claim.actor, claim.key}));
        return {};
    });
}

Status release(store::State& state, const Claim& claim) {
    return state.write([&](store::Transaction& tx) -> Status {
        TRY(tx.run("delete from kept_answer where actor = :a and idempotency_key = :k and status = :s", {claim.actor, claim.key, kUnfinished}));
        return {};
    });
}

std::string body_hash(const json::Value& schema, const json::Value& body, std::string_view target) {
    json::Object seen;
    const json::Value* properties = schema.find("properties");
    if (body.is_object())
        for (const auto& [name, value] : body.as_object()) {
            const json::Value* known = properties == nullptr ? nullptr : properties->find(name);
            if (known == nullptr || !known->boolean("writeOnly").value_or(false)) seen.emplace_back(name, value);
        }
    return sha256_hex(std::string{target} + "\n" + json::Value{std::move(seen)}.dump());
}

}  // namespace vg::api
