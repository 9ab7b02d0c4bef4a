// A mapping of content/mappings: how a JSON log that has no format of its own becomes an event, as data. Compiled once
// from YAML, then immutable. docs/mappings.md shows one line by line.
//
//   auto mapping = TRY(Mapping::make("caddy.yaml", text));
//   if (mapping->matches(fields)) mapping->apply(context, parsed);      // after the format json has parsed the record
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "formats/format.h"

namespace vg::formats {

class Mapping {
public:
    // `name` is the file's: it must be the mapping's name with ".yaml". An error names the place.
    static Result<std::unique_ptr<const Mapping>> make(std::string_view file, std::string_view text);

    [[nodiscard]] const std::string& name() const { return name_; }
    // More conditions come first, so that a narrow mapping wins over a wide one.
    [[nodiscard]] std::size_t weight() const { return conditions_.size(); }
    [[nodiscard]] bool matches(const event::Builder& builder) const;
    void apply(const Context& context, Parsed& parsed) const;

private:
    enum class Test : std::uint8_t { has, equals, starts, contains };
    struct Condition {
        std::string field;
        Test test = Test::has;
        std::string value;
    };
    struct Rename {
        std::string from;
        event::Ecs to = event::Ecs::none;
    };
    struct Constant {
        event::Ecs field = event::Ecs::none;
        std::string value;
    };

    // All constant after make().
    std::string name_;
    std::vector<Condition> conditions_;
    std::vector<Rename> renames_;
    std::vector<Constant> constants_;
    std::string time_field_;
    std::string time_pattern_;  // empty: ISO or seconds since 1970
    std::string time_zone_;     // empty: the source's
    std::string product_, category_, service_;

    friend class MappingReader;
};

// Time by a pattern of %Y %m %d %H %M %S %b %e %f %z %Z(UTC or GMT) and literal characters. Nothing: the text is not so.
std::optional<Time> read_time_by(std::string_view pattern, std::string_view text, std::string_view zone);
// Why the pattern is none; empty: it is one.
std::string_view fault_of_time_pattern(std::string_view pattern);

}  // namespace vg::formats
