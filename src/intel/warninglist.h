// Warninglists of MISP: values that are likely no threat (resolvers, big sites, empty files), asked before anybody is accused.
// Data of third parties, loaded from a folder; never part of the program. Built once, then read by any thread.
//
//   const Warninglists lists = TRY(load_warninglists("data/content/warninglists"));
//   for (const Warning& warning : lists.find(Kind::address, "8.8.8.8")) tell(warning.list->name, warning.entry);
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "intel/entry.h"

namespace vg::intel {

struct Warninglist {
    enum class Type { string, substring, hostname, cidr, regex };
    std::string name, description;
    Type type = Type::string;
    std::int64_t version = 0;
    std::uint32_t kinds = 0;  // bit of each Kind that its matching_attributes name
    std::size_t entries = 0;
    std::size_t refused = 0;  // entries that cannot be asked (a bad range, an expression that is not linear)
};

struct Warning {
    const Warninglist* list = nullptr;
    std::string entry;  // what of the list fits, as far as it is one text
};

class Warninglists {
public:
    Warninglists();
    ~Warninglists();
    Warninglists(Warninglists&&) noexcept;
    Warninglists& operator=(Warninglists&&) noexcept;

    // A list.json. All lists are added before the first question. The error names what is wrong; nothing of it is kept then.
    Status add(std::string_view bytes);
    void build();

    // Each list that has the value, once. `text` is canonical (value.h). A network is had by a range that holds it, and by one
    // that it holds: blocking it would block that.
    [[nodiscard]] std::vector<Warning> find(Kind kind, std::string_view text) const;
    // The same as a question of yes or no, without the lists' names: cheaper.
    [[nodiscard]] bool has(Kind kind, std::string_view text) const;
    [[nodiscard]] const std::vector<std::unique_ptr<const Warninglist>>& lists() const;

private:
    struct Index;
    std::unique_ptr<Index> index_;
};

struct LoadedWarninglists {
    Warninglists lists;
    std::vector<std::string> refused;  // files that could not be read, with the reason
    std::string fingerprint;           // of the names and bytes of all files; empty: there are none
};
// Every list.json below the folder, and every .json in it. A missing folder is no lists.
Result<LoadedWarninglists> load_warninglists(const std::filesystem::path& folder);

}  // namespace vg::intel
