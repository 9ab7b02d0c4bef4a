// ContentSet: the rules and mappings in force, as one immutable value with a name (the hash of all its texts). A change
// of content is a control record in the journal that carries the name; the texts are kept in data/content, so that a
// replay uses for each record the content that was in force when it came.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "detect/engine.h"
#include "formats/format.h"
#include "store/disk.h"

namespace vg::server {

struct ContentSet {
    std::vector<detect::RuleFile> rule_files;
    std::vector<std::pair<std::string, std::string>> mapping_files;
    std::vector<detect::RuleFile> pipeline_files;  // that adapt the rules
    std::string fingerprint;  // hex SHA-256 over names and texts
    std::shared_ptr<const detect::Engine> engine;
    std::shared_ptr<const formats::Library> library;
    detect::LoadReport report;
};

struct ContentFolders {
    std::vector<std::string> rules;     // read recursively: *.yaml, *.yml outside folders named "cases"
    std::vector<std::string> mappings;
    std::vector<std::string> pipelines = {};  // folders, or files
};

// Reads and compiles what the folders hold now. A rule that cannot be used is refused and named in the report; a
// mapping or a pipeline that cannot be read, or a folder that is not there, is an error. `adapt`: what becomes of the folders' rules (packs
// join them, some are switched off); none: they stay as they are.
using AdaptRules = std::function<Result<std::vector<detect::RuleFile>>(std::vector<detect::RuleFile>)>;
Result<std::shared_ptr<const ContentSet>> load_content(const ContentFolders& folders, const AdaptRules& adapt = {});

// Keeps the texts under folder/FINGERPRINT.json.zst (does nothing when they are there), and gets them back compiled.
Status save_content(store::Disk& disk, const std::string& folder, const ContentSet& content);
Result<std::shared_ptr<const ContentSet>> load_saved_content(store::Disk& disk, const std::string& folder, const std::string& fingerprint);

// Where content/ is: the setting, else VONGGAC_CONTENT, else beside or above the program, else /usr/share/vonggac/content.
Result<std::string> find_content_folder(const std::string& setting);

}  // namespace vg::server
