#include "intel/puller.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <unordered_set>

#include "base/bytes.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "intel/files.h"
#include "intel/guard.h"
#include "store/audit.h"

namespace vg::intel {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 10'000, kPiece = 1'000, kMostRows = 10'000, kMostTold = 20;
constexpr auto kPatience = std::chrono::seconds{20};

std::string key_of(Kind kind, std::string_view text) { return static_cast<char>('a' + static_cast<int>(kind)) + std::string{text}; }

std::string file_name_of(std::string_view address) {
    address = address.substr(0, address.find_first_of("?#"));
    while (address.ends_with('/')) address.remove_suffix(1);
    return std::string{address.substr(address.rfind('/') + 1)};
}

// Documents one behind another, as they are kept while a person looks: name, a line feed, length, a line feed, bytes.
std::string packed(const std::vector<std::pair<std::string_view, std::string_view>>& documents) {
    std::string out;
    for (const auto& [name, bytes] : documents) out += format("{}\n{}\n", name, bytes.size()) + std::string{bytes};
    return out;
}

}  // namespace

Puller::Puller(Parts parts, Options options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      pulled_(parts_.metrics.counter("vonggac_feed_pulls_total", "Feeds that were fetched, changed or not")),
      failed_(parts_.metrics.counter("vonggac_feed_failures_total", "Feeds that could not be fetched or understood, and are tried again")),
      held_(parts_.metrics.gauge("vonggac_feeds_held", "Feeds that changed suddenly and wait for a person")) {}

void Puller::start() {
    thread_ = std::jthread{[this](std::stop_token stop) { run(stop); }};
}

void Puller::stop() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
}

void Puller::run(std::stop_token stop) {
    pthread_setname_np(pthread_self(), "feeds");
    std::mutex mutex;
    std::condition_variable_any wake;
    {
        const std::lock_guard pulling{pulling_};
        stop_ = stop;
    }
    std::unique_lock lock{mutex};
    while (!wake.wait_for(lock, stop, std::chrono::microseconds(options_.every.micros), [&] { return stop.stop_requested(); }))
        if (const Status looked = look(); !looked) log::error("feeds: " + looked.error().text);
}

Status Puller::look() {
    const Time now = parts_.clock.now();
    const auto known = TRY(parts_.state.read([](store::Transaction& tx) { return feeds(tx); }));
    for (const Feed& feed : known) {
        if (thread_.get_stop_token().stop_requested()) return {};
        if (feed.standing.next > now) continue;
        const auto pulled = pull(feed.settings.name, "system");
        if (!pulled && pulled.error().code != Code::busy && pulled.error().code != Code::not_found) return fail(pulled.error());
    }
    return count();
}

Status Puller::count() {
    const auto row = TRY(parts_.state.read([](store::Transaction& tx) { return tx.first<std::int64_t>("select count(*) from indicator_feed where held <> ''"); }));
    held_.set(row ? static_cast<double>(std::get<0>(*row)) : 0);
    return {};
}

Result<Feed> Puller::pull(const std::string& name, const std::string& actor) {
    const std::unique_lock one{pulling_, kPatience};
    if (!one.owns_lock()) return fail(Code::busy, "another feed is being pulled; try again in a minute");
    auto found = TRY(parts_.state.read([&](store::Transaction& tx) { return find_feed(tx, name); }));
    if (!found) return fail(Code::not_found, format("there is no feed {}", name));
    Feed feed = std::move(*found);
    pulled_.add(1);
    const std::string fetched_before = feed.standing.fetched;
    const Status done = try_pull(feed, actor);
    const Time now = parts_.clock.now();
    feed.standing.last_try = now;
    feed.standing.next = now + minutes(feed.settings.every_minutes);
    feed.standing.last_error = done ? "" : shorten(to_valid_utf8(done.error().text), 500);
    feed.standing.failures = done ? 0 : feed.standing.failures + 1;
    if (done) {
        feed.standing.last_success = now;
    } else {
        failed_.add(1);
        // The next try gets it whole, and does again what was broken off.
        feed.standing.etag.clear();
        feed.standing.last_modified.clear();
        feed.standing.fetched = fetched_before;
    }
    TRY(parts_.state.write([&](store::Transaction& tx) { return save_standing(tx, name, feed.standing); }));
    TRY(count());
    return feed;
}

Status Puller::try_pull(Feed& feed, const std::string& actor) {
    FeedStanding& standing = feed.standing;
    auto fetched = TRY(fetch(feed));
    if (!fetched) return {};
    const Content content = std::move(*fetched);
    if (content.hash == standing.fetched) return {};  // in force, or held
    const Told told = TRY(understand(feed, content));
    const std::vector<Entry> before = TRY(in_force(feed.settings.name));
    const auto doubts = parts_.doubts ? parts_.doubts() : nullptr;
    const Judgement judgement = judge(before, told.entries, doubts ? &doubts->warninglists() : nullptr);
    if (judgement.hold) {
        std::vector<std::pair<std::string_view, std::string_view>> documents;
        for (const Document& document : content.documents) documents.emplace_back(document.name, document.bytes);
        TRY(parts_.disk.make_folder(parts_.folder));
        TRY(store::write_whole(parts_.disk, held_path(feed.settings.name), packed(documents)));
        standing.fetched = standing.held = content.hash;
        standing.held_since = parts_.clock.now();
        standing.held_entries = static_cast<std::int64_t>(judgement.after);
        standing.reasons = judgement.reasons;
        standing.examples.clear();
        for (const WarnedValue& value : judgement.examples) standing.examples.push_back(format("{}: {}", value.text, value.list));
        json::Array reasons;
        for (const std::string& reason : standing.reasons) reasons.emplace_back(reason);
        log::warn("feeds: a feed changed suddenly and is held for a person", {{"feed", feed.settings.name}, {"reason", standing.reasons.front()}});
        TRY(parts_.state.write([&](store::Transaction& tx) -> Status {
            TRY(save_standing(tx, feed.settings.name, standing));
            return store::audit::append(tx, {.time = parts_.clock.now(), .actor = actor, .action = "feed:hold", .object = "feed/" + feed.settings.name, .organisation = {}, .details = json::object({{"reasons", std::move(reasons)}})});
        }));
        if (parts_.held) parts_.held(feed);
        return {};
    }
    standing.fetched = content.hash;
    return put_in_force(feed, told, actor, "");
}

Result<std::optional<Puller::Content>> Puller::fetch(Feed& feed) const {
    const std::string& address = feed.settings.address;
    if (!address.starts_with("http")) {
        Content content = TRY(read_folder(address.starts_with("file://") ? address.substr(7) : address));
        return std::optional{std::move(content)};
    }
    FeedStanding& standing = feed.standing;
    Fetched got = TRY(parts_.fetch({.url = address, .etag = standing.etag, .last_modified = standing.last_modified, .most_bytes = options_.most_bytes, .stopping = [stop = stop_] { return stop.stop_requested(); }}));
    if (got.unchanged) return std::optional<Content>{};
    standing.etag = shorten(got.etag, 1'000);
    standing.last_modified = shorten(got.last_modified, 200);
    Content content;
    content.hash = sha256_hex(got.bytes);
    content.documents.push_back({file_name_of(address), std::move(got.bytes)});
    return std::optional{std::move(content)};
}

// Wherever links lead: only what lies below one of the operator's folders is read.
Result<Puller::Content> Puller::read_folder(const std::string& address) const {
    std::error_code error;
    const auto is_allowed = [&](const fs::path& path) {
        const fs::path real = fs::canonical(path, error);
        if (error) return false;
        return std::any_of(options_.folders.begin(), options_.folders.end(), [&](const std::string& folder) {
            std::error_code other;
            const fs::path root = fs::canonical(folder, other);
            return !other && std::mismatch(root.begin(), root.end(), real.begin(), real.end()).first == root.end();
        });
    };
    // The same words for what is not there and for what may not be read: nobody learns what there is.
    if (!is_allowed(address)) return fail(Code::denied, format("{} is not there, or in no folder of the setting feeds.folders", address));
    std::vector<fs::path> files;
    const fs::path root{address};
    if (fs::is_directory(root, error)) {
        for (fs::recursive_directory_iterator at{root, fs::directory_options::skip_permission_denied, error}, last; !error && at != last; at.increment(error)) {
            if (!at->is_regular_file(error) || at->path().filename().string().starts_with('.')) continue;
            if (files.size() == kMostFiles) return fail(Code::too_large, format("{} has more than {} files", address, kMostFiles));
            files.push_back(at->path());
        }
    } else {
        files.push_back(root);
    }
    std::sort(files.begin(), files.end());
    Content content;
    std::size_t bytes = 0;
    std::string names;
    for (const fs::path& file : files) {
        if (!is_allowed(file)) continue;
        Document document;
        document.name = fs::is_directory(root, error) ? fs::relative(file, root, error).string() : file.filename().string();
        document.bytes = TRY(store::read_whole(store::system_disk(), file.string(), options_.most_bytes));
        bytes += document.bytes.size();
        if (bytes > options_.most_bytes) return fail(Code::too_large, format("{} has more than {} bytes", address, options_.most_bytes));
        if (document.name.find('\n') != std::string::npos) continue;
        names += document.name + "\n" + sha256_hex(document.bytes);
        content.documents.push_back(std::move(document));
    }
    content.hash = sha256_hex(names);
    return content;
}

Result<Puller::Told> Puller::understand(const Feed& feed, const Content& content) {
    Told told;
    std::unordered_set<std::string> known;
    std::string first_refused;
    for (const Document& document : content.documents) {
        const Reader& reader = feed.settings.form.empty() ? reader_for(document.bytes, document.name) : *find_reader(feed.settings.form);
        Input input{.bytes = document.bytes, .name = document.name};
        if (!feed.settings.mapping.empty()) input.csv = TRY(mapping_of(feed.settings.mapping));
        Reading reading = reader.read(input);
        if (reading.cut) return fail(Code::too_large, format("{}: it has more entries than are read", document.name));
        told.refused += reading.refused;
        told.patterns += static_cast<std::size_t>(std::count_if(reading.entries.begin(), reading.entries.end(), [](const Entry& entry) { return entry.kind == Kind::pattern; }));
        if (first_refused.empty() && !reading.refusals.empty()) first_refused = intel::told(reading.refusals.front());
        for (Entry& entry : reading.entries)
            if (known.insert(key_of(entry.kind, entry.text)).second) told.entries.push_back(std::move(entry));
    }
    // A page that says "moved" in place of the list is no empty list.
    if (told.entries.empty() && told.refused > 0) return fail(Code::bad_input, format("nothing in it is an indicator; the first that was refused: {}", first_refused));
    return told;
}

Result<std::vector<Entry>> Puller::in_force(const std::string& name) const {
    std::vector<Entry> out;
    Place after;
    for (;;) {
        const auto page = TRY(parts_.state.read([&](store::Transaction& tx) { return listed(tx, {.list = name, .kind = {}, .value = {}, .matched = {}}, after, kMostRows); }));
        for (const Listed& one : page) {
            Entry entry;
            entry.kind = one.value.kind;
            entry.text = one.value.text;
            out.push_back(std::move(entry));
        }
        if (page.size() < kMostRows) return out;
        after = {static_cast<std::int64_t>(page.back().value.kind), page.back().value.text, page.back().list};
    }
}

// In small transactions: nobody waits long behind a feed. One that is broken off is done again whole.
Status Puller::put_in_force(Feed& feed, const Told& told, const std::string& actor, const std::string& reason) {
    const FeedSettings& settings = feed.settings;
    const Time now = parts_.clock.now();
    List list{.name = settings.name, .origin = settings.address, .family = settings.family, .confidence = settings.confidence, .tlp = settings.tlp, .half_life_days = settings.half_life_days, .created = now, .changed = now};
    TRY(parts_.state.write([&](store::Transaction& tx) { return put_list(tx, list, now); }));
    const std::vector<Entry> before = TRY(in_force(settings.name));
    std::unordered_set<std::string> now_there;
    std::vector<Item> items;
    for (const Entry& entry : told.entries) {
        now_there.insert(key_of(entry.kind, entry.text));
        Item item{.value = {entry.kind, entry.text, 0}, .family = entry.family, .tlp = entry.tlp, .from = entry.from, .until = entry.until};
        if (entry.confidence) item.confidence = *entry.confidence;
        items.push_back(std::move(item));
    }
    Accounting sum;
    for (std::size_t at = 0; at < items.size(); at += kPiece) {
        std::vector<Value> fresh;
        const Accounting part = TRY(parts_.state.write([&](store::Transaction& tx) {
            fresh.clear();
            return import(tx, list, std::span{items}.subspan(at, std::min(kPiece, items.size() - at)), true, now, &fresh);
        }));
        if (parts_.fresh && !fresh.empty()) TRY(parts_.fresh(settings.name, actor, fresh, false));
        sum.added += part.added, sum.renewed += part.renewed, sum.same += part.same, sum.refused += part.refused;
    }
    std::vector<Value> gone;
    for (const Entry& entry : before)
        if (!now_there.contains(key_of(entry.kind, entry.text))) gone.push_back({entry.kind, entry.text, 0});
    for (std::size_t at = 0; at < gone.size(); at += kPiece)
        TRY(parts_.state.write([&](store::Transaction& tx) -> Status {
            for (std::size_t i = at; i < std::min(at + kPiece, gone.size()); ++i) TRY(end(tx, settings.name, gone[i], now));
            return {};
        }));
    FeedStanding& standing = feed.standing;
    standing.entries = static_cast<std::int64_t>(told.entries.size()) - sum.refused;
    standing.refused = static_cast<std::int64_t>(told.refused) + sum.refused;
    standing.patterns = static_cast<std::int64_t>(told.patterns);
    standing.held.clear();
    standing.held_since.reset();
    standing.held_entries = 0;
    standing.reasons.clear();
    standing.examples.clear();
    standing.last_change = now;
    TRY(parts_.state.write([&](store::Transaction& tx) -> Status {
        TRY(save_standing(tx, settings.name, standing));
        return store::audit::append(tx, {.time = now,
                                         .actor = actor,
                                         .action = reason.empty() ? "feed:pull" : "feed:release",
                                         .object = "feed/" + settings.name,
                                         .organisation = {},
                                         .details = json::object({{"added", sum.added}, {"renewed", sum.renewed}, {"same", sum.same}, {"ended", gone.size()}, {"refused", standing.refused}, {"reason", reason}})});
    }));
    static_cast<void>(parts_.disk.remove(held_path(settings.name)));
    if (parts_.renew) TRY(parts_.renew());
    return parts_.fresh ? parts_.fresh(settings.name, actor, {}, true) : Status{};
}

Result<Puller::Content> Puller::read_held(const Feed& feed) const {
    const tl::unexpected<Error> damaged = fail(Code::corrupt, "what is held is damaged or gone; pull the feed again");
    const auto bytes = store::read_whole(parts_.disk, held_path(feed.settings.name), options_.most_bytes * 2 + (std::size_t{16} << 20));
    if (!bytes) return damaged;
    Content content;
    std::string names;
    for (std::string_view rest = *bytes; !rest.empty();) {
        const std::size_t first = rest.find('\n'), second = first == std::string_view::npos ? first : rest.find('\n', first + 1);
        const auto length = second == std::string_view::npos ? std::nullopt : parse_int(rest.substr(first + 1, second - first - 1));
        if (!length || *length < 0 || static_cast<std::size_t>(*length) > rest.size() - second - 1) return damaged;
        content.documents.push_back({std::string{rest.substr(0, first)}, std::string{rest.substr(second + 1, static_cast<std::size_t>(*length))}});
        names += content.documents.back().name + "\n" + sha256_hex(content.documents.back().bytes);
        rest.remove_prefix(second + 1 + static_cast<std::size_t>(*length));
    }
    const bool fetched = feed.settings.address.starts_with("http") && content.documents.size() == 1;
    content.hash = fetched ? sha256_hex(content.documents.front().bytes) : sha256_hex(names);
    if (content.hash != feed.standing.held) return damaged;
    return content;
}

Result<Feed> Puller::release(const std::string& name, const std::string& held, const std::string& actor, const std::string& reason) {
    const std::unique_lock one{pulling_, kPatience};
    if (!one.owns_lock()) return fail(Code::busy, "another feed is being pulled; try again in a minute");
    auto found = TRY(parts_.state.read([&](store::Transaction& tx) { return find_feed(tx, name); }));
    if (!found) return fail(Code::not_found, format("there is no feed {}", name));
    Feed feed = std::move(*found);
    if (feed.standing.held.empty()) return feed;
    if (!held.empty() && held != feed.standing.held) return fail(Code::conflict, "field held: the feed has changed since you looked; look again");
    const auto content = read_held(feed);
    if (!content) {
        // What was held is gone: the next pull fetches it anew, and holds it again.
        FeedStanding& standing = feed.standing;
        standing.etag.clear();
        standing.last_modified.clear();
        standing.fetched.clear();
        TRY(parts_.state.write([&](store::Transaction& tx) { return save_standing(tx, name, standing); }));
        return fail(content.error());
    }
    const Told told = TRY(understand(feed, *content));
    TRY(put_in_force(feed, told, actor, reason));
    TRY(count());
    return feed;
}

Result<bool> Puller::remove(const std::string& name, const std::string& actor) {
    const std::unique_lock one{pulling_, kPatience};
    if (!one.owns_lock()) return fail(Code::busy, "another feed is being pulled; try again in a minute");
    const bool was = TRY(parts_.state.write([&](store::Transaction& tx) -> Result<bool> {
        if (!TRY(remove_feed(tx, name, parts_.clock.now()))) return false;
        TRY(store::audit::append(tx, {.time = parts_.clock.now(), .actor = actor, .action = "feed:remove", .object = "feed/" + name, .organisation = {}, .details = json::object({})}));
        return true;
    }));
    if (!was) return false;
    static_cast<void>(parts_.disk.remove(held_path(name)));
    if (parts_.renew) TRY(parts_.renew());
    TRY(count());
    return true;
}

}  // namespace vg::intel
