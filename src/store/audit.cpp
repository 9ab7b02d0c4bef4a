#include "store/audit.h"

#include <algorithm>
#include <limits>

#include "base/bytes.h"
#include "base/text.h"

namespace vg::store {

namespace {

constexpr std::size_t kMostDetails = 64 * 1024;
constexpr std::int64_t kPage = 1'000;

// Each member as a netstring ("LENGTH:BYTES,"), in the order of the columns, after the hash of the line before: no two
// different lines have the same text. Organisation and details are taken as they stand in the table.
std::string hash_of(std::string_view previous, const AuditLine& line, std::string_view organisation, std::string_view details) {
    const std::string number = std::to_string(line.number), time = std::to_string(line.time.micros);
    Sha256Stream stream;
    for (const std::string_view member : {previous, std::string_view{number}, std::string_view{time}, std::string_view{line.actor},
                                          std::string_view{line.action}, std::string_view{line.object}, organisation, details}) {
        stream.add(std::to_string(member.size()));
        stream.add(":");
        stream.add(member);
        stream.add(",");
    }
    return to_hex(as_view(stream.finish()));
}

struct Head {
    std::int64_t number = 0;
    std::string hash;
};

Result<Head> head(Transaction& tx) {
    auto row = TRY((tx.first<std::int64_t, std::string>("select number, hash from audit_head where one = 1")));
    if (!row) return Head{};
    return Head{std::get<0>(*row), std::get<1>(*row)};
}

struct Stored {
    AuditLine line;
    std::string organisation, details;  // as in the table
};

// A stored row. Text that is no id or no JSON is left empty: verify() has found it by the hash.
Stored to_stored(std::tuple<std::int64_t, std::int64_t, std::string, std::string, std::string, std::string, std::string, std::string>& row) {
    auto& [number, time, actor, action, object, organisation, details, hash] = row;
    Stored stored{{number, {time}, std::move(actor), std::move(action), std::move(object), {}, {}, std::move(hash)},
                  std::move(organisation), std::move(details)};
    stored.line.organisation = OrganisationId::parse(stored.organisation).value_or(OrganisationId{});
    if (auto parsed = json::parse(stored.details)) stored.line.details = std::move(*parsed);
    return stored;
}

constexpr std::string_view kColumns = "select number, time, actor, action, object, organisation, details, hash from audit ";

Result<std::vector<Stored>> read(Transaction& tx, const std::string& rest, const Params& params) {
    std::vector<Stored> lines;
    for (auto& row : TRY((tx.query<std::int64_t, std::int64_t, std::string, std::string, std::string, std::string, std::string, std::string>(
             std::string{kColumns} + rest, params))))
        lines.push_back(to_stored(row));
    return lines;
}

}  // namespace

Schema audit_schema() {
    return {"audit",
            {{
                "create table audit (number bigint primary key, time bigint not null, actor text not null, action text not null, "
                "object text not null, organisation text not null, details text not null, hash text not null)",
                "create index audit_organisation on audit (organisation, number)",
                "create table audit_head (one bigint primary key check (one = 1), number bigint not null, hash text not null)",
                "sqlite: create trigger audit_no_update before update on audit begin select raise(abort, 'the audit chain is append-only'); end",
                "sqlite: create trigger audit_no_delete before delete on audit begin select raise(abort, 'the audit chain is append-only'); end",
                "sqlite: create trigger audit_next_number before insert on audit when new.number <> (select coalesce(max(number), 0) + 1 from audit) "
                "begin select raise(abort, 'the audit chain has no gaps'); end",
                "postgresql: create function audit_refuse() returns trigger language plpgsql as $$ begin "
                "raise exception 'the audit chain is append-only' using errcode = 'integrity_constraint_violation'; end $$",
                "postgresql: create trigger audit_no_update before update on audit for each row execute function audit_refuse()",
                "postgresql: create trigger audit_no_delete before delete on audit for each row execute function audit_refuse()",
                "postgresql: create trigger audit_no_truncate before truncate on audit for each statement execute function audit_refuse()",
                "postgresql: create function audit_check_number() returns trigger language plpgsql as $$ begin "
                "if new.number <> (select coalesce(max(number), 0) + 1 from audit) then "
                "raise exception 'the audit chain has no gaps' using errcode = 'integrity_constraint_violation'; end if; return new; end $$",
                "postgresql: create trigger audit_next_number before insert on audit for each row execute function audit_check_number()",
             },
             {"create index audit_object on audit (object, number)"}}};
}

namespace audit {

Status append(Transaction& tx, AuditLine line) {
    const std::string details = line.details.dump();
    if (details.size() > kMostDetails)
        return fail(Code::too_large, format("audit: the details of {} have {} bytes, at most {} are kept", line.action, details.size(), kMostDetails));
    const Head last = TRY_IN("audit: ", head(tx));
    line.number = last.number + 1;
    const std::string organisation = line.organisation.text();
    line.hash = hash_of(last.hash, line, organisation, details);
    TRY_IN("audit: ", tx.run("insert into audit (number, time, actor, action, object, organisation, details, hash) values (:a, :b, :c, :d, :e, :f, :g, :h)",
                             {line.number, line.time.micros, line.actor, line.action, line.object, organisation, details, line.hash}));
    TRY_IN("audit: ", tx.run("insert into audit_head (one, number, hash) values (1, :a, :b) "
                             "on conflict (one) do update set number = excluded.number, hash = excluded.hash",
                             {line.number, line.hash}));
    return {};
}

Result<std::vector<AuditLine>> list(Transaction& tx, const std::vector<OrganisationId>* organisations, std::optional<std::int64_t> before,
                                    std::size_t limit) {
    Params params;
    std::string where;
    if (organisations != nullptr) {
        if (organisations->empty()) return std::vector<AuditLine>{};
        where = "where organisation in (";
        for (const OrganisationId& organisation : *organisations) {
            where += format("{}:o{}", params.empty() ? "" : ", ", params.size());
            params.emplace_back(organisation.text());
        }
        where += ") ";
    }
    if (before) {
        where += where.empty() ? "where number < :before " : "and number < :before ";
        params.emplace_back(*before);
    }
    params.emplace_back(std::uint64_t{limit});
    std::vector<AuditLine> lines;
    for (Stored& stored : TRY(read(tx, where + "order by number desc limit :limit", params))) lines.push_back(std::move(stored.line));
    return lines;
}

Result<std::vector<AuditLine>> list_of(Transaction& tx, std::string_view object, std::size_t limit) {
    std::vector<AuditLine> lines;
    for (Stored& stored : TRY(read(tx, "where object = :object order by number desc limit :limit", {object, std::uint64_t{limit}}))) lines.push_back(std::move(stored.line));
    return lines;
}

Result<Verification> verify(Transaction& tx) {
    Verification found;
    std::int64_t expected = 1;
    const auto wrong = [&](std::int64_t number, std::string reason) {
        if (found.first_wrong) return;
        found.first_wrong = number;
        found.reason = std::move(reason);
    };
    const Head last = TRY(head(tx));
    for (std::int64_t after = std::numeric_limits<std::int64_t>::min();;) {
        const std::vector<Stored> page = TRY(read(tx, "where number > :a order by number limit :b", {after, kPage}));
        for (const Stored& stored : page) {
            const AuditLine& line = stored.line;
            if (line.number != expected)
                wrong(std::min(line.number, expected), line.number < expected ? format("line {} was put in front", line.number)
                                                                              : format("line {} is missing", expected));
            if (hash_of(found.head, line, stored.organisation, stored.details) != line.hash)
                wrong(line.number, format("line {} was changed, or the line before it was", line.number));
            expected = line.number + 1;
            after = line.number;
            found.head = line.hash;
            ++found.lines;
        }
        if (page.size() < static_cast<std::size_t>(kPage)) break;
    }
    if (last.number >= expected) wrong(expected, format("line {} is missing: the chain had {} lines", expected, last.number));
    if (last.number != expected - 1 || last.hash != found.head) wrong(expected - 1, "the last line is not the one that was noted as the last");
    return found;
}

}  // namespace audit

}  // namespace vg::store
