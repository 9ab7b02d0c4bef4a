// Requests of the nouns, and what comes back: JSON, or an Error made of the problem document. One thread.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "cli/noun.h"
#include "cli/output.h"

namespace vg::cli {

// The answer's JSON; null when it has no body.
Result<json::Value> ask(Call& call, std::string_view method, const std::string& target, const std::optional<json::Value>& body = {});

// What a problem document says.
Error error_of(const net::Answer& answer);

// "?name=value" or "&name=value" appended when there is a value.
void add_parameter(std::string& target, std::string_view name, const std::optional<std::string>& value);

// Calls `keep` with every item of a list, page after page, until it returns false.
Status ask_list(Call& call, const std::string& target, const std::function<bool(const json::Value&)>& keep);

// The whole list, or as many as --limit says, printed.
Result<int> print_list(Call& call, const std::string& target, std::span<const Column> columns);
// The answer to a request, printed.
Result<int> print_one(Call& call, std::string_view method, const std::string& target, std::span<const Column> columns, const std::optional<json::Value>& body = {});

// The id of the thing that a person names: an id as it is, else the one thing of the list whose `name` member is that
// text. Error when there is none or there are several.
Result<std::string> id_of(Call& call, const std::string& list_target, std::string_view what, const std::string& named);

// The id of a thing that people cite by a number: by its id, by its number, or the newest as "last".
Result<std::string> id_by_number(Call& call, const std::string& list_target, const std::string& named, std::string_view what);

// What the server gives, into a file that is new; tells its name and size.
Result<int> save_answer(Call& call, const std::string& target, const std::string& path);

// Tells a person something that is no answer; only on a terminal.
void say(Call& call, std::string_view text);

}  // namespace vg::cli
