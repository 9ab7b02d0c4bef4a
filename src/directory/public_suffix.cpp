#include "directory/public_suffix.h"

#include <libpsl.h>

namespace vg::directory {

const PublicSuffixes& PublicSuffixes::of_system() {
    static const PublicSuffixes* const made = [] {
        psl_ctx_t* const newest = psl_latest("/usr/share/publicsuffix/public_suffix_list.dafsa");
        if (newest != nullptr) return new PublicSuffixes{std::shared_ptr<const void>{newest, [](const void* list) { psl_free(static_cast<psl_ctx_t*>(const_cast<void*>(list))); }}};
        return new PublicSuffixes{std::shared_ptr<const void>{psl_builtin(), [](const void*) {}}};
    }();
    return *made;
}

Result<PublicSuffixes> PublicSuffixes::load(const std::string& file) {
    psl_ctx_t* const list = psl_load_file(file.c_str());
    if (list == nullptr) return fail(Code::bad_input, file + " is no list of public suffixes");
    return PublicSuffixes{std::shared_ptr<const void>{list, [](const void* loaded) { psl_free(static_cast<psl_ctx_t*>(const_cast<void*>(loaded))); }}};
}

bool PublicSuffixes::holds(std::string_view name) const {
    if (name.find('.') == std::string_view::npos) return true;
    return list_ != nullptr && psl_is_public_suffix(static_cast<const psl_ctx_t*>(list_.get()), std::string{name}.c_str()) != 0;
}

}  // namespace vg::directory
