// Processing pipelines, as pySigma has them: YAML files that adapt rules to how events are named here, after they are read and
// before they are compiled. https://sigmahq-pysigma.readthedocs.io/en/latest/Processing_Pipelines.html
//
//   auto pipelines = TRY(read_pipelines(options.pipelines, report));   // in the order of their priorities
//   apply(pipelines, documents, options, report);                      // rules that a pipeline refuses go to the report
//
// What holds where the documentation leaves room:
//  1. Transformations see values as the modifiers leave them: `Image|endswith: \a.exe` is `*\a.exe`.
//  2. Expressions are RE2's. match_string, and include_fields with type re, look at the beginning of the text.
//  3. State and what was applied are those of one rule.
//  4. A detection from which all items are dropped goes out of the condition; a rule from which everything goes is refused.
//  5. A filter document is transformed like a rule with the filter's log source; it belongs to rules by the log sources as written.
//  6. Post-processing and finalizers are about queries: a warning says that they are not used.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <vector>

#include "detect/engine.h"
#include "detect/kinds/sigma/read.h"

namespace vg::detect::sigma {

struct Transformation;  // pipeline_model.h

struct Pipeline {
    std::string name;
    std::int64_t priority = 0;
    std::vector<Transformation> transformations;

    Pipeline();
    ~Pipeline();
    Pipeline(Pipeline&&) noexcept;
    Pipeline& operator=(Pipeline&&) noexcept;
};

// Lower priorities first, equal ones in the order of the files. The error names file and line, and what is known instead.
Result<std::vector<Pipeline>> read_pipelines(std::span<const RuleFile> files, LoadReport& report);

// Whether a transformation handles placeholders: then those of rules are left to it.
bool handles_placeholders(std::span<const Pipeline> pipelines);

// Changes what was read. A rule that cannot be transformed, or that a failure names, is taken out and refused.
void apply(std::span<const Pipeline> pipelines, Documents& documents, const EngineOptions& options, LoadReport& report);

// The log sources of rules and filters as they were written, by id: whether a filter is for a rule is a question about these.
struct WrittenSources {
    std::map<std::string, Source, std::less<>> rules, filters;
};

// read_file() for all files, and apply() with the pipelines of the options. Fails only when a pipeline cannot be read.
Status read_all(std::span<const RuleFile> files, const EngineOptions& options, Documents& documents, LoadReport& report, WrittenSources* written = nullptr);

}  // namespace vg::detect::sigma
