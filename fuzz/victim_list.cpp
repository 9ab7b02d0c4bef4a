// Lists of victims from strangers, in every form: each row has its outcome, addresses are canonical, records say only what a role
// allows, and a second reading with all questions answered by what was supposed is sound as well. The first byte chooses who is said
// to be affected.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "lists/letter.h"
#include "lists/profiles.h"
#include "lists/reading.h"

namespace {

using namespace vg;

const std::vector<lists::Profile>& target_profiles() {
    static const auto all = lists::read_profiles("fuzz.yaml",
                                                 "name: a\nzone: UTC\ndate_order: day-first\nrequires: ['ip|dia chi ip']\ncolumns:\n    victim: [ip, dia chi ip]\n    seen: [time, thoi gian]\n    c2: ['C&C', cc_ip]\n    c2-port: "
                                                 "[cc_port]\n    asn: [asn]\n    family: [infection]\n    destination: [dst_ip]\n---\nname: b\nkeeps_others: true\nrequires: [src_ip]\ncolumns:\n    victim: [src_ip, url]\n")
                                .value_or(std::vector<lists::Profile>{});
    CHECK(all.size() == 2, "the profiles of this target are read");
    return all;
}

void look_at_reading(const lists::Reading& reading, const lists::ReadOptions& options) {
    CHECK(reading.read == reading.accepted + reading.duplicate + reading.rejected, "every row has its outcome");
    CHECK(reading.rejected == reading.rejected_rows.size(), "rejected rows are all there");
    CHECK(reading.records.size() <= options.most_records && reading.read <= options.most_rows, "what is read is bounded");
    CHECK(reading.views.size() <= 2 * options.most_views, "what is shown is bounded");
    bool victim = false;
    for (const lists::Column& column : reading.columns) {
        victim |= column.role == lists::Role::victim;
        CHECK(column.decided || column.role == lists::Role::ignore, "nobody decided, and nothing is done");
        CHECK(column.samples.size() <= 5, "samples are few");
    }
    CHECK(victim || reading.records.empty(), "nobody is affected unless somebody says by which column");
    for (const lists::Record& record : reading.records) {
        CHECK(record.address || !record.host.empty(), "a record says who is affected");
        CHECK(is_utf8(record.host) && is_utf8(record.url) && is_utf8(record.family), "texts are text");
        if (record.address) {
            const auto again = parse_address(record.address->text());
            CHECK(again && *again == *record.address, "an address is read back");
        }
    }
    for (const lists::RowView& row : reading.rejected_rows) CHECK(!row.reason.empty() && is_utf8(row.reason), "a rejected row has a reason");
    for (const lists::Question& question : reading.questions) CHECK(!question.about.empty() && !question.text.empty(), "a question says what it is about");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
    lists::ReadOptions options{.name = "a.csv", .profiles = target_profiles(), .now = Time{1'800'000'000'000'000}, .most_rows = 2'000, .most_records = 5'000, .most_views = 10, .most_of_range = 64};
    const auto reading = lists::read_list(bytes, options);
    if (!reading) {
        CHECK(!reading.error().text.empty() && is_utf8(reading.error().text), "a refusal has a reason that can be shown");
        return 0;
    }
    look_at_reading(*reading, options);
    options.zone = "Asia/Ho_Chi_Minh";
    options.date_order = data[0] % 2 == 0 ? lists::DateOrder::day_first : lists::DateOrder::month_first;
    if (!reading->sheets.empty()) options.sheet = reading->sheets[data[0] % reading->sheets.size()];
    for (const lists::Column& column : reading->columns)
        if (!column.decided && column.suggestion) options.columns[column.key] = *column.suggestion;
    if (!reading->columns.empty()) options.columns[reading->columns[data[0] % reading->columns.size()].key] = lists::Role::victim;
    if (const auto told = lists::read_list(bytes, options)) look_at_reading(*told, options);
    static_cast<void>(lists::secrecy_mark(bytes.substr(0, 4'096)));
    static_cast<void>(lists::read_profiles("a.yaml", bytes.substr(0, 65'536)));
    lists::Letter letter;
    lists::read_letter_line(bytes.substr(0, 1'000), letter);
    return 0;
}
