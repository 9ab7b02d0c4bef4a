#include "detect/kinds/sigma/literals.h"

#include <hs/hs.h>

#include "base/check.h"
#include "base/text.h"

namespace vg::detect::sigma {

namespace {

int take(unsigned int id, unsigned long long, unsigned long long, unsigned int, void* context) {
    static_cast<std::vector<std::uint32_t>*>(context)->push_back(id);
    return 0;
}

}  // namespace

Pass::~Pass() { hs_free_scratch(scratch_); }

void Pass::make_room(const Literals& literals) {
    CHECK(hs_alloc_scratch(literals.database_, &scratch_) == HS_SUCCESS, "memory for a pass is there, or nothing is");
}

Result<std::unique_ptr<Literals>> Literals::make(const std::vector<std::string>& texts) {
    std::vector<const char*> begins;
    std::vector<std::size_t> lengths;
    std::vector<unsigned> ids;
    for (const std::string& text : texts) {
        ids.push_back(static_cast<unsigned>(ids.size()));
        begins.push_back(text.data());
        lengths.push_back(text.size());
    }
    const std::vector<unsigned> flags(texts.size(), HS_FLAG_SINGLEMATCH);
    hs_database_t* database = nullptr;
    hs_compile_error_t* error = nullptr;
    if (hs_compile_lit_multi(begins.data(), flags.data(), ids.data(), lengths.data(), static_cast<unsigned>(texts.size()), HS_MODE_BLOCK, nullptr,
                             &database, &error) != HS_SUCCESS) {
        std::string reason = error == nullptr ? "no reason given" : error->message;
        hs_free_compile_error(error);
        return fail(Code::too_large, format("{} literals cannot be looked for together: {}", texts.size(), reason));
    }
    return std::unique_ptr<Literals>{new Literals{database}};
}

Literals::~Literals() { hs_free_database(database_); }

void Literals::find(std::string_view text, Pass& pass, std::vector<std::uint32_t>& found) const {
    if (text.empty()) return;
    CHECK(text.size() <= UINT32_MAX, "a field is smaller than a record, which is far smaller");
    const auto answer = hs_scan(database_, text.data(), static_cast<unsigned>(text.size()), 0, pass.scratch_, take, &found);
    CHECK(answer == HS_SUCCESS, "a pass has room for its literals and is used by one thread");
}

}  // namespace vg::detect::sigma
