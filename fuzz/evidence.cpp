// api/evidence_check: a hostile ZIP is read within its bounds, and nothing made by chance is good evidence.
#include "api/evidence_check.h"

#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    // A key that nobody has signed with: the all-zero point has a small order, so one of random bytes is taken.
    const auto report = vg::api::check_evidence(bytes, "8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f");
    if (report) CHECK(!report->good(), "no seed was signed by that key");
    return 0;
}
