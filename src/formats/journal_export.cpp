#include "formats/journal_export.h"

#include <cstdint>

namespace vg::formats {

namespace {
constexpr std::uint64_t kMostValue = std::uint64_t{16} << 20;
}

JournalStep next_journal_field(std::string_view& rest, JournalField& field) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return JournalStep::more;
    const std::string_view line = rest.substr(0, end);
    if (line.empty()) {
        rest.remove_prefix(1);
        return JournalStep::end;
    }
    if (const std::size_t equals = line.find('='); equals != std::string_view::npos) {
        if (equals == 0) return JournalStep::broken;
        field = {line.substr(0, equals), line.substr(equals + 1)};
        rest.remove_prefix(end + 1);
        return JournalStep::field;
    }
    const std::string_view after = rest.substr(end + 1);
    if (after.size() < 8) return JournalStep::more;
    std::uint64_t size = 0;
    for (int i = 7; i >= 0; --i) size = size << 8 | static_cast<std::uint8_t>(after[static_cast<std::size_t>(i)]);
    if (size > kMostValue) return JournalStep::broken;
    if (after.size() < 8 + size + 1) return JournalStep::more;
    if (after[8 + size] != '\n') return JournalStep::broken;
    field = {line, after.substr(8, size)};
    rest.remove_prefix(end + 1 + 8 + size + 1);
    return JournalStep::field;
}

std::optional<std::size_t> journal_entry_size(std::string_view text, bool& broken) {
    std::string_view rest = text;
    JournalField field;
    broken = false;
    while (true) {
        switch (next_journal_field(rest, field)) {
            case JournalStep::field: break;
            case JournalStep::end: return text.size() - rest.size();
            case JournalStep::more: return std::nullopt;
            case JournalStep::broken: {
                broken = true;
                const std::size_t end = rest.find("\n\n");
                if (end == std::string_view::npos) return std::nullopt;
                return text.size() - rest.size() + end + 2;
            }
        }
    }
}

}  // namespace vg::formats
