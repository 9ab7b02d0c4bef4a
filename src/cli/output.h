// Answers on standard output: a table for people, NDJSON, JSON or CSV for programs. One thread.
//
//   Printer printer = TRY(Printer::make(call, kColumns));
//   printer.add(item);        // of a list, or
//   printer.finish();
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cli/noun.h"

namespace vg::cli {

struct Column {
    std::string_view title;  // "RULE"
    std::string_view path;   // "rule.title" within the item
    bool number = false;     // aligned to the right
    std::string_view path_vi = {};  // "rule.title_vi": shown instead in a table for people who read Vietnamese, where an item has it
};

enum class Format : std::uint8_t { table, json, ndjson, csv };
Result<Format> format_of(const Call& call);

// Whether the locale asks for Vietnamese.
bool is_vietnamese(const Call& call);
// The title of a rule: "title_vi" where the locale asks for it and there is one, else "title".
std::string title_of(const Call& call, const json::Value& rule);

class Printer {
public:
    static Result<Printer> make(Call& call, std::span<const Column> columns);

    // One item of a list. Tables are written in blocks of 1,000 rows, with the widths of the first block at least.
    void add(const json::Value& item);
    // The end of the list.
    void finish();
    // A single thing: a table shows all its members one below the other.
    void one(const json::Value& item);

private:
    Printer(Call& call, std::span<const Column> columns, Format format)
        : call_(&call), columns_(columns), format_(format), vietnamese_(format == Format::table && is_vietnamese(call)) {}
    void flush_table();
    void csv_head();
    void csv_row(const std::vector<std::string>& cells);
    [[nodiscard]] std::vector<std::string> cells_of(const json::Value& item) const;

    Call* call_;
    std::span<const Column> columns_;
    Format format_;
    bool vietnamese_;
    bool begun_ = false;
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> widths_;
};

// The value at "a.b.c" as text; empty when there is none or it is null.
std::string text_at(const json::Value& item, std::string_view path);

}  // namespace vg::cli
