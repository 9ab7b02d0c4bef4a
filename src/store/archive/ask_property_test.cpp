// Random questions over random events: what the archive answers is what search::matches() says about the same events, one
// by one, wherever they lie. VG_QUESTIONS sets how many are asked.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "base/time.h"
#include "store/archive/ask_test_kit.h"

namespace vg::store::archive {
namespace {

using testing_kit::kBegin;
using testing_kit::Kept;
using testing_kit::World;

class Dice {
public:
    explicit Dice(std::uint32_t seed) : engine_(seed) {}
    std::size_t below(std::size_t n) { return engine_() % n; }
    bool chance(std::size_t percent) { return below(100) < percent; }
    template <class T>
    const T& of(const std::vector<T>& values) {
        return values[below(values.size())];
    }

private:
    std::mt19937 engine_;
};

const std::vector<std::string> kTexts = {
    "SYSTEM", "system", "Nguyễn Văn An", "nguyen van an", "Hòa Bình", "Hoà Bình", "hoa binh", "Đặng Thuỳ", "C:\\Windows\\System32\\cmd.exe", "cmd.exe /c whoami",
    "powershell -enc SQBFAFgA", "mimikatz", "Invoke-Mimikatz.ps1", "failed password for root", "Failed  password; for Root", "", "*", "a?b", "4688", "04688", "443", "-7", "3.50",
    "203.0.113.7", "198.51.100.23", "2001:db8::1", "2001:0db8:0:0::1", "::ffff:203.0.113.7", "203.0.113.0/24", "http://example.com/a?b=c", "user@example.org",
    "2024-04-26T01:02:03Z", "2024-04-26 08:00:00", "true", "{A98268C1-9C2E-5ACD}", "x_y-z.w", "đường dây nóng", "ß", "\"quoted\"", "tab\there", "ﬁne", "Ω"};
const std::vector<std::string> kAddresses = {"203.0.113.7", "203.0.113.200", "198.51.100.23", "2001:db8::1", "2001:db8:1::5", "::1"};
const std::vector<std::string> kNatives = {"Image", "image", "CommandLine", "a.b", "Strange name", "source.ip", "native:x", "id", "Đơn vị", "Port"};
const std::vector<event::Ecs> kEcsTexts = {event::Ecs::event_code, event::Ecs::user_name, event::Ecs::message, event::Ecs::process_executable, event::Ecs::host_name};
const std::vector<event::Ecs> kEcsAddresses = {event::Ecs::source_ip, event::Ecs::destination_ip};
const std::vector<event::Ecs> kEcsIntegers = {event::Ecs::source_port, event::Ecs::process_pid};
const std::vector<std::int64_t> kNumbers = {0, 1, 7, 443, 4688, 65535, -7, INT64_MAX, INT64_MIN, 1234};

SourceId source_of(std::size_t i) {
    SourceId id;
    id.bytes[15] = static_cast<std::uint8_t>(i);
    return id;
}
OrganisationId organisation_of(std::size_t i) {
    OrganisationId id;
    id.bytes[0] = 0xA0;
    id.bytes[15] = static_cast<std::uint8_t>(i);
    return id;
}

void keep_random(World& world, Dice& dice) {
    event::Builder builder{world.arena};
    for (std::size_t i = dice.below(6); i > 0; --i) {
        const std::string_view name = dice.of(kNatives);
        switch (dice.below(8)) {
            case 0: builder.integer(name, dice.of(kNumbers)); break;
            case 1: builder.boolean(name, dice.chance(50)); break;
            case 2: builder.null(name); break;
            case 3: builder.real(name, 3.5); break;
            default: builder.text(name, dice.of(kTexts));
        }
    }
    for (std::size_t i = dice.below(4); i > 0; --i) builder.ecs(dice.of(kEcsTexts), dice.of(kTexts));
    for (std::size_t i = dice.below(3); i > 0; --i) builder.ecs(dice.of(kEcsAddresses), dice.of(kAddresses));
    for (std::size_t i = dice.below(3); i > 0; --i) builder.ecs(dice.of(kEcsIntegers), dice.of(kNumbers));
    for (std::size_t i = dice.below(2); i > 0; --i) builder.ecs(event::Ecs::event_created, kBegin + hours(static_cast<std::int64_t>(dice.below(48))));
    event::Event event;
    event.fields = builder.finish();
    event.occurred = kBegin + minutes(static_cast<std::int64_t>(dice.below(48 * 60)) / 7);  // many at the same time
    event.occurred_known = dice.chance(90);
    event.received = kBegin + hours(static_cast<std::int64_t>(world.events.size() / 10));
    event.format = dice.chance(80) ? (dice.chance(50) ? "windows" : "sshd") : "";
    Kept& kept = world.keep(event);
    kept.envelope.received = event.received;
    kept.envelope.source = source_of(dice.below(3));
    kept.envelope.organisation = organisation_of(dice.below(3));
    if (dice.chance(70)) kept.envelope.peer = dice.chance(50) ? "192.0.2.7" : "tệp.evtx";
    if (event.format.empty()) kept.unparsed = "no format understood it";
}

// A query as a person might type it.
class Writer {
public:
    explicit Writer(Dice& dice) : dice_(&dice) {}

    std::string query(int depth = 0) {
        const std::size_t kind = depth > 3 ? 0 : dice_->below(10);
        if (kind < 5) return term();
        if (kind == 5) return "NOT " + query(depth + 4);
        if (kind == 6) return "(" + query(depth + 1) + ")";
        const std::string between = kind == 7 ? " OR " : dice_->chance(50) ? " AND " : " ";
        return query(depth + 1) + between + query(depth + 1);
    }

private:
    std::string field() {
        switch (dice_->below(8)) {
            case 0: return dice_->of(std::vector<std::string>{"source", "organisation", "format", "peer", "unparsed"});
            case 1:
            case 2: return quoted_name(dice_->of(kNatives));
            case 3: return "image";
            default: return std::string{event::info(dice_->of(kEcsTexts)).name};
        }
    }
    std::string quoted_name(const std::string& name) const { return "\"" + name + "\""; }

    std::string word(const std::string& text) {
        std::string out;
        std::string from = text;
        if (dice_->chance(20)) from = fold(from);
        if (dice_->chance(15)) std::transform(from.begin(), from.end(), from.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
        for (const char c : from) {
            if (std::string_view{" \t\"()*?:[]{},\\"}.find(c) != std::string_view::npos) out.push_back('\\');
            out.push_back(c);
        }
        if (out.empty()) return "\"\"";
        if (out[0] == '-' || out[0] == '>' || out[0] == '<' || out[0] == '~' || out[0] == '!') out.insert(0, "\\");
        return out;
    }
    std::string quoted(const std::string& text) {
        std::string out = "\"";
        for (const char c : dice_->chance(20) ? lower_ascii(text) : text) {
            if (c == '"' || c == '\\') out.push_back('\\');
            out.push_back(c);
        }
        return out + "\"";
    }
    std::string glob(const std::string& text) {
        std::string out;
        const std::size_t from = dice_->below(text.size() + 1);
        const std::size_t length = dice_->below(6) + 1;
        const std::string part = is_utf8(text.substr(from, length)) ? text.substr(from, length) : "an";
        const bool open = dice_->chance(60);
        if (open) out += "*";
        if (!part.empty()) out += word(part);
        if (out.empty() || out == "\"\"" || out.find("\"\"") != std::string::npos) out = "*a";
        if (dice_->chance(20)) out += "?";
        if (!open || dice_->chance(60)) out += "*";
        return out;
    }
    std::string value() {
        const std::string& text = dice_->of(kTexts);
        switch (dice_->below(5)) {
            case 0: return quoted(text);
            case 1: return glob(text);
            case 2: return dice_->chance(30) ? "*" : word(text);
            default: return word(text);
        }
    }
    std::string time() { return to_rfc3339(kBegin + minutes(static_cast<std::int64_t>(dice_->below(10 * 60)))); }
    std::string number() { return std::to_string(dice_->of(kNumbers)); }

    std::string term() {
        static const std::vector<std::string> signs = {">", ">=", "<", "<="};
        switch (dice_->below(16)) {
            case 0: {
                const std::string& text = dice_->of(kTexts);
                if (fold(text).find_first_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos) return "an";
                return dice_->chance(50) ? quoted(text) : word(text);
            }
            case 1: return glob(dice_->of(kTexts));
            case 2: return std::string{event::info(dice_->of(kEcsAddresses)).name} + ":" + dice_->of(std::vector<std::string>{"203.0.113.0/24", "203.0.113.7", "2001:db8::/32", "::/0", "203.*", "[203.0.113.1 TO 203.0.113.99]", "*", "[198.51.100.23, ::1]"});
            case 3: return std::string{event::info(dice_->of(kEcsIntegers)).name} + ":" + (dice_->chance(50) ? number() : dice_->of(signs) + number());
            case 4: return std::string{event::info(dice_->of(kEcsIntegers)).name} + ":" + dice_->of(std::vector<std::string>{"[1 TO 443]", "{1 TO 443}", "1..443", "4*", "*", "[7, 443]", "[* TO 7]", "(443 OR -7)"});
            case 5: return (dice_->chance(50) ? "@timestamp:" : "event.created:") + dice_->of(signs) + time();
            case 6: return "@timestamp:" + dice_->of(std::vector<std::string>{"2024-04-26", "2024-04", "26/4/2024", "2024-04-26T01:02", "[2024-04-26T01:00:00Z TO 2024-04-26T02:30:00Z}"});
            case 7: return "received:" + dice_->of(signs) + time();
            case 8: return (dice_->chance(50) ? "exists:" : "missing:") + field();
            case 9: return field() + ":" + dice_->of(signs) + dice_->of(std::vector<std::string>{"100", "4688", "-8", "3.5", "2024-04-26", "m", "203.0.113.9"});
            case 10: return field() + ":[" + value() + ", " + value() + "]";
            case 11: return field() + ":(" + value() + " OR " + value() + ")";
            case 12: return "id:" + dice_->of(std::vector<std::string>{"17", "10..90", ">=200", std::string{testing_kit::kJournal} + ":17", "0190163d-8694-739b-aea5-966c26f8ad91:17", "[3, 4, 5]"});
            case 13: return "source:" + source_of(dice_->below(4)).text();
            case 14: return field() + ":~" + dice_->of(std::vector<std::string>{"an", "password", "\"for root\"", "mimi*", "exe", "an*"});
            default: return field() + ":" + value();
        }
    }
    Dice* dice_;
};

// What the plain evaluation says, in order of position.
std::vector<const Kept*> expected(const World& world, const search::Query& query, const Question& question) {
    std::vector<const Kept*> all;
    for (const Kept& kept : world.events) {
        if (kept.event.occurred < question.from || kept.event.occurred >= question.to) continue;
        if (question.organisations && std::find(question.organisations->begin(), question.organisations->end(), kept.envelope.organisation) == question.organisations->end()) continue;
        if (World::matches(query, kept)) all.push_back(&kept);
    }
    return all;
}

std::vector<std::uint64_t> positions_of(const std::vector<FoundEvent>& events) {
    std::vector<std::uint64_t> all;
    for (const FoundEvent& event : events) all.push_back(event.position.value);
    return all;
}

// Pages of seven until the end.
std::vector<std::uint64_t> all_pages(World& world, const Question& question, Order order) {
    std::vector<std::uint64_t> all;
    PageOptions options{.limit = 7, .order = order};
    for (;;) {
        const auto page = archive::page(world.asked(), question, options);
        EXPECT_TRUE(page) << page.error().text;
        if (!page) return all;
        for (const std::uint64_t position : positions_of(page->events)) all.push_back(position);
        if (!page->next || all.size() > world.events.size()) return all;
        options.after = page->next;
    }
}

// Values of a field by hand: each once an event, with how many events have it.
std::map<std::string, std::uint64_t> values_of(const std::vector<const Kept*>& events, std::string_view name, std::uint64_t& with_field) {
    std::map<std::string, std::uint64_t> all;
    with_field = 0;
    for (const Kept* kept : events) {
        std::set<std::string> here;
        for (const event::Field& field : kept->event.fields) {
            const bool same = event::ecs_field(name) != event::Ecs::none ? field.ecs == event::ecs_field(name) : field.ecs == event::Ecs::none && field.name == name;
            if (same && field.type != event::Type::null) here.insert(std::string{field.text});
        }
        for (const std::string& value : here) ++all[value];
        with_field += here.empty() ? 0 : 1;
    }
    return all;
}

// `some` counts the questions that some but not all events answer.
void compare(World& world, const std::string& text, Dice& dice, bool thorough, std::size_t& some) {
    const auto query = search::parse(text);
    ASSERT_TRUE(query) << text << ": " << search::say(query.error(), text);
    Question question;
    question.query = &*query;
    question.from = dice.chance(70) ? Time{0} : kBegin + hours(static_cast<std::int64_t>(dice.below(5)));
    question.to = dice.chance(70) ? kBegin + days(100) : kBegin + hours(static_cast<std::int64_t>(dice.below(7)));
    if (dice.chance(30)) {
        question.organisations.emplace();
        for (std::size_t i = 0; i < 3; ++i)
            if (dice.chance(50)) question.organisations->push_back(organisation_of(i));
    }
    const std::vector<const Kept*> right = expected(world, *query, question);
    some += !right.empty() && right.size() < world.events.size() ? 1 : 0;
    const auto count = archive::count(world.asked(), question);
    ASSERT_TRUE(count) << text << ": " << count.error().text;
    ASSERT_EQ(*count, right.size()) << text;

    std::vector<const Kept*> ordered = right;
    std::sort(ordered.begin(), ordered.end(), [](const Kept* a, const Kept* b) { return std::tie(b->event.occurred, b->position) < std::tie(a->event.occurred, a->position); });
    std::vector<std::uint64_t> newest;
    for (const Kept* kept : ordered) newest.push_back(kept->position.value);
    const auto page = archive::page(world.asked(), question, {.limit = 1000});
    ASSERT_TRUE(page) << text << ": " << page.error().text;
    ASSERT_EQ(positions_of(page->events), newest) << text;
    if (!thorough) return;

    ASSERT_EQ(all_pages(world, question, Order::newest_first), newest) << text;
    const std::vector<std::uint64_t> oldest{newest.rbegin(), newest.rend()};
    ASSERT_EQ(all_pages(world, question, Order::oldest_first), oldest) << text;
    std::vector<std::uint64_t> streamed;
    const Status done = archive::stream(world.asked(), question, Order::oldest_first, [&](FoundEvent&& event) {
        streamed.push_back(event.position.value);
        return true;
    });
    ASSERT_TRUE(done) << text;
    ASSERT_EQ(streamed, oldest) << text;

    if (question.from.micros == 0) question.from = kBegin - hours(1);
    const auto buckets = archive::histogram(world.asked(), question, hours(1));
    ASSERT_TRUE(buckets) << text << ": " << buckets.error().text;
    std::map<std::int64_t, std::uint64_t> by_hour;
    for (const Kept* kept : right) ++by_hour[kept->event.occurred.micros / 3'600'000'000 * 3'600'000'000];
    for (const Bucket& bucket : *buckets) {
        ASSERT_EQ(bucket.count, by_hour[bucket.from.micros]) << text;
        by_hour.erase(bucket.from.micros);
    }
    for (const auto& [at, events] : by_hour) ASSERT_EQ(events, 0U) << text;

    for (const std::string_view field : {"user.name", "source.port", "source.ip", "Image", "Strange name", "event.created"}) {
        const auto top = archive::top(world.asked(), question, field, 5);
        ASSERT_TRUE(top) << text << ": " << top.error().text;
        std::uint64_t with_field = 0;
        const auto values = values_of(right, field, with_field);
        ASSERT_EQ(top->events, right.size()) << text << " top " << field;
        ASSERT_EQ(top->with_field, with_field) << text << " top " << field;
        ASSERT_EQ(top->distinct, values.size()) << text << " top " << field;
        std::vector<std::pair<std::string, std::uint64_t>> best{values.begin(), values.end()};
        std::stable_sort(best.begin(), best.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
        best.resize(std::min<std::size_t>(best.size(), 5));
        std::vector<std::pair<std::string, std::uint64_t>> got;
        for (const TopValue& value : top->values) got.emplace_back(value.value, value.count);
        ASSERT_EQ(got, best) << text << " top " << field;
    }
}

void ask_many(std::size_t in_segments, std::size_t in_tail, std::uint32_t seed) {
    const char* told = std::getenv("VG_QUESTIONS");
    const std::size_t questions = told != nullptr ? static_cast<std::size_t>(std::atoll(told)) : 25;
    Dice dice{seed};
    World world;
    for (std::size_t segment = 0; segment < in_segments; ++segment) {
        for (std::size_t i = 0; i < 130; ++i) keep_random(world, dice);
        world.close(true);
    }
    for (std::size_t table = 0; table < in_tail; ++table) {
        for (std::size_t i = 0; i < 60; ++i) keep_random(world, dice);
        world.close(false);
    }
    Writer writer{dice};
    std::size_t some = 0;
    for (std::size_t i = 0; i < questions && !::testing::Test::HasFatalFailure(); ++i) compare(world, writer.query(), dice, i % 10 == 0, some);
    EXPECT_GT(some * 3, questions) << "too few questions ask anything";
    EXPECT_TRUE(world.damage.empty());
}

TEST(AskProperty, SegmentsAndTailAnswerAsThePlainEvaluation) { ask_many(2, 2, 1); }
TEST(AskProperty, SegmentsAloneAnswerAsThePlainEvaluation) { ask_many(3, 0, 2); }
TEST(AskProperty, TheTailAloneAnswersAsThePlainEvaluation) { ask_many(0, 1, 3); }

}  // namespace
}  // namespace vg::store::archive
