// How the tables of lists are read and written, and what the files of this room share. Room-internal.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lists/lists.h"

namespace vg::lists {

// The heads that `rest` ("where v... order by v... limit ...") leaves.
Result<std::vector<List>> heads(store::Transaction& tx, std::string_view rest, const store::Params& params);
Status insert_head(store::Transaction& tx, const List& list);

// Empty: none.
std::string organisation_text(const std::optional<OrganisationId>& id);
Result<std::optional<OrganisationId>> organisation_of(const std::string& text);

// Without accents, in one case: families and provinces that are written differently are the same.
std::string key_of(std::string_view text);
// 32 hex digits: who, and with which family.
std::string victim_key(const Record& record);
// 32 hex digits: the victim within a series and an organisation; empty when it is nobody's.
std::string hit_of(std::string_view series, const std::optional<OrganisationId>& organisation, std::string_view victim);

Status insert_rows(store::Transaction& tx, const List& list, std::span<const Row> rows);
Status insert_rejected(store::Transaction& tx, const ListId& id, std::int64_t first_number, std::span<const RowView> rows);
// Rows as heads(): "where list = :l ... order by number limit ...".
Result<std::vector<Row>> read_rows(store::Transaction& tx, std::string_view rest, const store::Params& params);

}  // namespace vg::lists
