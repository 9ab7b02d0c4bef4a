// View: the archive as one account may see it. An account that may reveal personal fields asks the archive itself. For
// any other the rule is: what is masked cannot be searched. Its questions are answered over the events as it is shown
// them, so that neither a count, a prefix, a top value, a completion nor a range tells more than a page of events does;
// and a query that names a personal field with a value is refused, because it could find nothing but the mask.
//
// Questions that touch only addresses, numbers and times, and those without a query, go to the archive's own engine; the
// rest are evaluated event by event, within the same limits of time. Used by one thread, within one turn at the desk.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/search_incomplete.h"
#include "base/clock.h"
#include "base/result.h"
#include "search/query.h"
#include "search/tree.h"
#include "store/archive.h"

namespace vg::api {

// Where a query asks for what an account that may not reveal cannot see: the term's place, and what it may ask instead.
std::optional<search::ParseError> asks_for_personal(const search::Query& query);

class View {
public:
    // `question` and what it points at outlive the view.
    View(store::Archive& archive, const Uuid& journal, Clock& clock, store::Question question, bool reveal, std::shared_ptr<Incomplete> incomplete);

    [[nodiscard]] bool masks() const { return !reveal_; }
    [[nodiscard]] const store::Question& question() const { return question_; }
    [[nodiscard]] store::Archive& archive() const { return archive_; }
    // What the answers so far lack.
    [[nodiscard]] const Incomplete& incomplete() const { return *incomplete_; }

    // As store::Archive's, over the events as they are shown; events are masked already when masks().
    Result<store::Page> page(const store::PageOptions& options);
    Status stream(store::Order order, const std::function<bool(store::FoundEvent&&)>& take);
    Result<std::uint64_t> count();
    Result<std::vector<store::Bucket>> histogram(Span step);
    Result<store::Top> top(std::string_view field, std::size_t most);
    Result<store::FieldStatistics> statistics(std::string_view field);
    Result<std::vector<store::TopValue>> fields();

private:
    struct Values {
        std::map<std::string, std::uint64_t> counts;
        std::uint64_t events = 0, with_field = 0;
    };
    Status each_shown(store::Order order, const std::function<bool(store::FoundEvent&&)>& take);
    Result<Values> values_of(const search::Target& target);
    [[nodiscard]] bool engine_knows(const search::Target& target) const;
    [[nodiscard]] Result<Span> time_left() const;

    store::Archive& archive_;
    const std::string journal_;
    Clock& clock_;
    store::Question question_;
    const bool reveal_;
    const std::shared_ptr<Incomplete> incomplete_;
    const Time began_;
    bool by_engine_ = true;                        // the archive answers for this query what the masked events would
    std::shared_ptr<const search::Query> wider_;   // what the archive may evaluate when it does not
};

}  // namespace vg::api
