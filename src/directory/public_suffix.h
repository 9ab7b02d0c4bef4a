// Public suffixes: names below which many who know nothing of each other register their own, such as "gov.vn" or "github.io". Whoever claims one
// claims them all. The list is that of publicsuffix.org as the library libpsl has it built in, or a newer one of the system.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vg::directory {

class PublicSuffixes {
public:
    // What comes with the system. Loaded once; immutable, any thread.
    static const PublicSuffixes& of_system();
    // A file in the list's own form. Code::bad_input: it cannot be read.
    static Result<PublicSuffixes> load(const std::string& file);

    // An ASCII name in lower case, without a dot at either end. A name of one label is always one.
    [[nodiscard]] bool holds(std::string_view name) const;

private:
    explicit PublicSuffixes(std::shared_ptr<const void> list) : list_(std::move(list)) {}
    std::shared_ptr<const void> list_;  // none: only names of one label are known
};

}  // namespace vg::directory
