#include "ingest/follow.h"

#include <dirent.h>
#include <fnmatch.h>
#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "base/log.h"
#include "base/text.h"
#include "ingest/follow_file.h"
#include "store/disk.h"

namespace vg::ingest {
namespace {

using Steady = std::chrono::steady_clock;
constexpr int kLooksToRest = 20;          // a file that lost its path and does not grow for so many looks is let go
constexpr std::size_t kMostPlaces = 10'000;  // remembered, of files that are gone too

bool has_stars(std::string_view text) { return text.find_first_of("*?[") != std::string_view::npos; }

// The files that a target means, sorted; the error says why there can be none.
Result<std::vector<std::string>> expand(const std::string& pattern, std::size_t most) {
    struct stat info {};
    const bool folder = ::stat(pattern.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
    const std::size_t slash = pattern.rfind('/');
    const std::string name = folder ? "*" : pattern.substr(slash + 1);
    if (!folder && !has_stars(name)) return std::vector<std::string>{pattern};
    const std::string in = folder ? pattern : pattern.substr(0, std::max<std::size_t>(slash, 1));
    std::vector<std::string> found;
    DIR* open = ::opendir(in.c_str());
    if (open == nullptr) return fail(Code::unavailable, "the folder " + in + " cannot be read");
    while (const dirent* entry = ::readdir(open)) {
        if (entry->d_name[0] == '.' || ::fnmatch(name.c_str(), entry->d_name, FNM_PERIOD) != 0) continue;
        const std::string path = in + (in.ends_with('/') ? "" : "/") + entry->d_name;
        if (::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode)) found.push_back(path);
        if (found.size() > most) break;
    }
    ::closedir(open);
    std::sort(found.begin(), found.end());
    return found;
}

class FollowerImpl final : public Follower {
public:
    FollowerImpl(FollowOptions options, Parts parts)
        : options_(std::move(options)),
          parts_(std::move(parts)),
          files_open_(parts_.metrics.gauge("vonggac_follow_files", "Files that are followed")),
          restarted_(parts_.metrics.counter("vonggac_follow_restarts_total", "Files read from their beginning again, because they were truncated or written anew")) {}
    ~FollowerImpl() override { stop(); }

    Status open() {
        for (const FollowTarget& target : options_.targets) TRY_IN("files to follow, " + target.pattern + ": ", TextDecoder::make(target.encoding));
        TRY(load());
        thread_ = std::jthread{[this](std::stop_token stop) { run(stop); }};
        return {};
    }

    json::Value report() const override {
        const std::lock_guard lock{mutex_};
        return report_.is_null() ? json::Value{json::Array{}} : report_;
    }

    void stop() override {
        if (!thread_.joinable()) return;
        thread_.request_stop();
        thread_.join();
    }

private:
    Status load() {
        if (!store::system_disk().exists(options_.checkpoint)) return {};
        const std::string text = TRY(store::read_whole(store::system_disk(), options_.checkpoint));
        const auto all = json::parse(text, {.bytes = std::size_t{64} << 20});
        const json::Value* files = all ? all->find("files") : nullptr;
        if (files == nullptr || !files->is_array()) {
            log::warn("follow: the checkpoint cannot be read; files are taken as new", {{"file", options_.checkpoint}});
            return {};
        }
        for (const json::Value& one : files->as_array())
            if (auto place = place_from(one)) keep(*place);
        return {};
    }

    static std::string key_of(const std::string& source, std::uint64_t device, std::uint64_t inode) { return format("{}\n{}\n{}", source, device, inode); }
    void keep(const FilePlace& place) {
        if (places_.size() < kMostPlaces) places_[key_of(place.source, place.mark.device, place.mark.inode)] = place;
    }

    void save() {
        if (!dirty_) return;
        for (const auto& [key, file] : files_) places_[key] = file->place();
        json::Array files;
        for (const auto& [key, place] : places_) files.push_back(to_json(place));
        if (const Status saved = store::write_whole(store::system_disk(), options_.checkpoint, json::object({{"files", std::move(files)}}).dump()); !saved) {
            log::warn("follow: the checkpoint could not be written", {{"reason", saved.error().text}});
            return;
        }
        dirty_ = false;
    }

    void run(std::stop_token stop) {
        pthread_setname_np(pthread_self(), "follow");
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock lock{mutex};
        auto saved = Steady::now();
        for (std::uint64_t look = 0; !stop.stop_requested(); ++look) {
            bool more = false;
            if (look % 8 == 0) find_files();
            for (auto at = files_.begin(); at != files_.end() && !stop.stop_requested();) {
                const auto next = std::next(at);
                more = read(at, stop) || more;
                at = next;
            }
            tell();
            if (Steady::now() - saved > std::chrono::seconds(1)) {
                save();
                saved = Steady::now();
            }
            if (!more) wake.wait_for(lock, stop, std::chrono::microseconds(options_.every.micros), [] { return false; });
        }
        save();
    }

    void find_files() {
        troubles_.clear();
        for (const FollowTarget& target : options_.targets) {
            const auto paths = expand(target.pattern, options_.most_files);
            if (!paths) {
                troubles_.emplace_back(target, paths.error().text);
                continue;
            }
            for (const std::string& path : *paths) take_up(target, path);
        }
        files_open_.set(static_cast<double>(files_.size()));
    }

    void take_up(const FollowTarget& target, const std::string& path) {
        struct stat info {};
        if (::stat(path.c_str(), &info) != 0) {
            troubles_.emplace_back(target, "there is no file " + path);
            return;
        }
        const std::string key = key_of(target.source, info.st_dev, info.st_ino);
        if (const auto found = files_.find(key); found != files_.end()) {
            found->second->renamed(path);
            found->second->calm_looks = 0;
            return;
        }
        if (files_.size() >= options_.most_files) {
            troubles_.emplace_back(target, format("more than {} files are not followed", options_.most_files));
            return;
        }
        const auto known = places_.find(key);
        auto opened = FollowedFile::open(target.source, path, target.encoding, known == places_.end() ? nullptr : &known->second, options_.from_start || ran_);
        if (!opened) {
            troubles_.emplace_back(target, path + " " + opened.error().text);
            return;
        }
        files_[key] = std::move(*opened);
        dirty_ = true;
    }

    using Files = std::map<std::string, std::unique_ptr<FollowedFile>>;
    bool read(Files::iterator at, const std::stop_token& stop) {
        FollowedFile& file = *at->second;
        const auto source = parts_.source(file.place().source);
        if (!source) return false;
        const std::uint64_t before = file.place().offset;
        Delivery delivery{parts_.intake, parts_.counters};
        const auto give_up = [&] { return stop.stop_requested(); };
        const auto flush = [&]() -> Status {
            TRY(delivery.push(give_up));
            return delivery.settle([&] { return !give_up(); });
        };
        const auto more = file.read(delivery, *source, options_.line_bytes, flush);
        if (!more && !stop.stop_requested()) log::warn("follow: a file could not be read further", {{"path", file.place().path}, {"reason", more.error().text}});
        if (file.place().offset < before) restarted_.add();
        dirty_ = dirty_ || file.place().offset != before;
        if (file.place().offset != before) file.calm_looks = 0;
        struct stat info {};
        const bool mine = ::stat(file.place().path.c_str(), &info) == 0 && file.is(info);
        if (mine || !more || *more || ++file.calm_looks < kLooksToRest) return more && *more;
        file.finish(delivery, *source);
        if (flush()) {
            keep(file.place());
            places_[at->first] = file.place();
            files_.erase(at);
            dirty_ = true;
        }
        return false;
    }

    void tell() {
        ran_ = true;
        json::Array all;
        for (const auto& [key, file] : files_)
            all.push_back(json::object({{"kind", "file"}, {"source", file->place().source}, {"what", file->place().path}, {"offset", file->place().offset}, {"size", file->size()},
                                        {"trouble", parts_.source(file->place().source) ? "" : "there is no source of this name"}}));
        for (const auto& [target, reason] : troubles_)
            all.push_back(json::object({{"kind", "file"}, {"source", target.source}, {"what", target.pattern}, {"trouble", reason}}));
        const std::lock_guard lock{mutex_};
        report_ = std::move(all);
    }

    // constant after open()
    FollowOptions options_;
    Parts parts_;
    metrics::Gauge& files_open_;
    metrics::Counter& restarted_;

    // used by the thread alone
    Files files_;
    std::map<std::string, FilePlace> places_;  // of files seen before, too
    std::vector<std::pair<FollowTarget, std::string>> troubles_;
    bool dirty_ = false;
    bool ran_ = false;  // a file that appears later is new, and is read from its beginning

    mutable std::mutex mutex_;
    json::Value report_;  // guarded by mutex_
    std::jthread thread_;
};

}  // namespace

Result<FollowTarget> parse_follow(const std::string& text) {
    const std::size_t sign = text.find('=');
    if (sign == std::string::npos || sign == 0 || sign + 1 == text.size()) return fail(Code::bad_input, text + " is not SOURCE=PATH");
    FollowTarget target{.source = text.substr(0, sign), .pattern = text.substr(sign + 1), .encoding = {}};
    if (const std::size_t mark = target.pattern.find(";encoding="); mark != std::string::npos) {
        target.encoding = target.pattern.substr(mark + 10);
        target.pattern.resize(mark);
    }
    if (!target.pattern.starts_with('/')) return fail(Code::bad_input, target.pattern + " does not begin with /");
    if (has_stars(target.pattern.substr(0, target.pattern.rfind('/') + 1))) return fail(Code::bad_input, "only the last part of " + target.pattern + " may have * and ?");
    TRY(TextDecoder::make(target.encoding));
    return target;
}

Result<std::unique_ptr<Follower>> Follower::start(FollowOptions options, Parts parts) {
    auto follower = std::make_unique<FollowerImpl>(std::move(options), std::move(parts));
    TRY(follower->open());
    return follower;
}

}  // namespace vg::ingest
