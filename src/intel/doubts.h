// Doubts: what speaks against a value before anybody is accused by it. A warninglist that has it says that it is likely no threat:
// a finding of it is informational. An address or a name behind which many unrelated people stand (shared hosting, carrier NAT)
// says less about each of them: the confidence is lowered. Both come with the reason. Immutable; any thread.
//
//   auto doubts = TRY(Doubts::load({.warninglists = folder, .shared = {file}, .now = now}));
//   if (auto doubt = doubts->about(Kind::address, "8.8.8.8")) tell(doubt->reason);
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "intel/warninglist.h"

namespace vg::intel {

namespace indicator = detect::indicator;

struct Doubt {
    std::string reason;    // a sentence without its end, which names the list
    bool caution = false;  // only lowers the confidence
    int percent = 100;     // of the confidence that is left
};

struct DoubtSources {
    std::string warninglists;         // folder, as MISP lays it out; empty: none
    std::vector<std::string> shared;  // files of shared addresses and names (YAML)
    Time now;                         // entries of these files hold between dates
};

class Doubts {
public:
    // A warninglist that cannot be read is left out and named in refused(); a shared file that cannot be read, or a folder that is
    // not there, is an error.
    static Result<std::shared_ptr<const Doubts>> load(const DoubtSources& sources);

    // The gravest; nothing: nothing speaks against it. `text` is canonical.
    [[nodiscard]] std::optional<Doubt> about(Kind kind, std::string_view text) const;
    // Puts what is known into each thing that is said about the value; what is allowed stays as it is.
    void apply(indicator::Entry& entry) const;

    [[nodiscard]] const Warninglists& warninglists() const { return lists_; }
    [[nodiscard]] const std::vector<std::string>& refused() const { return refused_; }
    // Of all that they are made of: another one says that sets which were judged by it have to be judged anew.
    [[nodiscard]] const std::string& fingerprint() const { return fingerprint_; }

private:
    struct Place {
        std::string reason;
        int percent = 100;
    };
    Status add_shared(std::string_view yaml, Time now);

    Warninglists lists_, shared_;
    std::map<std::string, Place, std::less<>> places_;  // by the name of the list in shared_
    std::vector<std::string> refused_;
    std::string fingerprint_;
};

}  // namespace vg::intel
