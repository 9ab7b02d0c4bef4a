#include "cli/scan_reader.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/text.h"

namespace vg::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kBatchRecords = 256;
constexpr std::size_t kBatchBytes = std::size_t{512} << 10;
constexpr std::size_t kHead = 4096;         // looked at to tell text from other things
constexpr std::size_t kTarBlock = 512;
constexpr std::size_t kMostInputs = 1'000'000;
constexpr std::size_t kMostTarName = 4096;

bool is_packed(std::string_view head) { return head.starts_with(std::string_view{"\x1F\x8B", 2}) || head.starts_with(std::string_view{"\x28\xB5\x2F\xFD", 4}); }

// Why these first bytes are no log; empty when they may be one.
std::string_view why_no_log(std::string_view head) {
    if (head.starts_with(std::string_view{"ElfFile\0", 8})) return {};
    if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF")) return {};  // UTF-16 with its mark
    if (is_packed(head)) return "packed within an archive; unpack the archive first";
    if (head.find('\0') != std::string_view::npos) return "binary data in no form of log that is known";
    return {};
}

// A number of a tar header: octal digits, or base 256 when the first bit is set (GNU).
std::uint64_t tar_number(std::string_view field) {
    std::uint64_t value = 0;
    if ((static_cast<std::uint8_t>(field[0]) & 0x80U) != 0) {
        for (const char c : field.substr(4)) value = value << 8 | static_cast<std::uint8_t>(c);
        return value;
    }
    for (const char c : field) {
        if (c == ' ' && value == 0) continue;
        if (c < '0' || c > '7') break;
        value = value * 8 + static_cast<std::uint64_t>(c - '0');
    }
    return value;
}

std::string_view until_zero(std::string_view field) { return field.substr(0, field.find('\0')); }

// POSIX.1-2017 pax, "ustar Interchange Format": the sum of the header's bytes, its own field taken as spaces.
bool is_tar_header(std::string_view block) {
    if (block.size() < kTarBlock || block.substr(257, 5) != "ustar") return false;
    std::uint64_t sum = 8 * ' ';
    for (std::size_t i = 0; i < kTarBlock; ++i)
        if (i < 148 || i >= 156) sum += static_cast<std::uint8_t>(block[i]);
    return sum == tar_number(block.substr(148, 8));
}

}  // namespace

// One file's bytes → batches.
class Reader::Part {
public:
    Part(std::string name, std::string_view format, Time changed, std::vector<Batch>& made) : name_(std::move(name)), pinned_(format), changed_(changed), made_(&made) {
        splitter_ = formats::split_file(format, [this](std::uint64_t number, std::string_view raw, std::string_view known) { return keep(number, raw, known); });
        begin();
    }

    void feed(std::string_view bytes) {
        if (refused_) return;
        if (!begun_) {
            head_.append(bytes);
            if (head_.size() >= kHead) start();
            return;
        }
        pass(bytes);
    }

    // `trouble`: why the file ends here, empty when it simply does.
    void finish(std::string trouble) {
        if (!begun_ && !refused_) start();
        if (!refused_) {
            auto report = splitter_->finish();
            if (report)
                for (std::string& damage : report->damage) batch_.trouble.push_back(std::move(damage));
            else
                batch_.trouble.push_back(report.error().text);
        }
        if (!trouble.empty()) batch_.trouble.push_back(last_ == 0 ? std::move(trouble) : vg::format("after record {}: {}", last_, trouble));
        batch_.ends_file = true;
        made_->push_back(std::move(batch_));
    }

private:
    void begin() {
        batch_ = {};
        batch_.file = name_;
        batch_.format = pinned_;
        batch_.changed = changed_;
    }
    void start() {
        begun_ = true;
        if (const std::string_view why = pinned_.empty() ? why_no_log(std::string_view{head_}.substr(0, kHead)) : std::string_view{}; !why.empty()) {
            refused_ = true;
            batch_.trouble.emplace_back(why);
        } else {
            pass(head_);
        }
        head_ = {};
    }
    void pass(std::string_view bytes) {
        if (const Status status = splitter_->feed(bytes); !status) {
            refused_ = true;
            batch_.trouble.push_back(status.error().text);
        }
    }
    bool keep(std::uint64_t number, std::string_view raw, std::string_view known) {
        if (batch_.items.size() >= kBatchRecords || batch_.bytes.size() >= kBatchBytes) {
            made_->push_back(std::move(batch_));
            begin();
        }
        if (pinned_.empty()) batch_.format = known;
        batch_.items.push_back({number, batch_.bytes.size(), raw.size()});
        batch_.bytes.append(raw);
        last_ = number;
        return true;
    }

    const std::string name_, pinned_;
    const Time changed_;
    std::vector<Batch>* made_;
    std::unique_ptr<formats::Splitter> splitter_;
    std::string head_;
    Batch batch_;
    std::uint64_t last_ = 0;
    bool begun_ = false;
    bool refused_ = false;
};

// Members of a tar archive (ustar, with the long names of pax and GNU), each a file of its own.
class Reader::Tar {
public:
    Tar(std::string name, std::string format, std::vector<Batch>& made) : name_(std::move(name)), format_(std::move(format)), made_(&made) {}

    void feed(std::string_view bytes) {
        while (!bytes.empty()) {
            if (left_ > 0 || padding_ > 0) {
                bytes.remove_prefix(content(bytes));
                continue;
            }
            const std::size_t wanted = std::min(kTarBlock - block_.size(), bytes.size());
            block_.append(bytes.substr(0, wanted));
            bytes.remove_prefix(wanted);
            if (block_.size() == kTarBlock) {
                header();
                block_.clear();
            }
        }
    }

    void finish(std::string trouble) {
        if (trouble.empty() && (left_ > 0 || !block_.empty())) trouble = "the archive ends too early";
        if (part_ != nullptr) end_member(std::move(trouble));
        else if (!trouble.empty()) Part{name_, {}, {}, *made_}.finish(std::move(trouble));
    }

private:
    enum class Member : std::uint8_t { file, long_name, attributes, other };

    // How many of the bytes belong to the member in hand, or to what fills its last block.
    std::size_t content(std::string_view bytes) {
        if (left_ == 0) {
            const std::size_t skipped = std::min<std::size_t>(padding_, bytes.size());
            padding_ -= skipped;
            return skipped;
        }
        const std::string_view own = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size())));
        left_ -= own.size();
        if (part_ != nullptr) part_->feed(own);
        else if (member_ != Member::other && extra_.size() + own.size() <= kMostTarName * 4) extra_.append(own);
        if (left_ == 0) {
            if (part_ != nullptr) end_member({});
            else if (member_ == Member::long_name) next_name_ = until_zero(extra_);
            else if (member_ == Member::attributes) read_attributes();
        }
        return own.size();
    }

    void header() {
        if (block_.find_first_not_of('\0') == std::string::npos) return;  // the end mark, or filling behind it
        if (!is_tar_header(block_)) {
            if (!lost_) Part{name_, {}, {}, *made_}.finish("the archive is damaged: a member's header does not have its checksum; the rest is skipped");
            lost_ = true;
            return;
        }
        if (lost_) return;
        const std::string_view block = block_;
        left_ = tar_number(block.substr(124, 12));
        padding_ = static_cast<std::size_t>((kTarBlock - left_ % kTarBlock) % kTarBlock);
        extra_.clear();
        const char type = block[156];
        member_ = type == '0' || type == '\0' || type == '7' ? Member::file : type == 'L' ? Member::long_name : type == 'x' ? Member::attributes : Member::other;
        if (member_ != Member::file) return;
        std::string name = next_name_;
        next_name_.clear();
        if (name.empty()) {
            const std::string_view prefix = until_zero(block.substr(345, 155));
            name = std::string{block.substr(257, 6) == std::string_view{"ustar\0", 6} && !prefix.empty() ? std::string{prefix} + "/" : std::string{}} + std::string{until_zero(block.substr(0, 100))};
        }
        part_ = std::make_unique<Part>(name_ + "/" + name, format_, Time{static_cast<std::int64_t>(tar_number(block.substr(136, 12))) * 1'000'000}, *made_);
        if (left_ == 0) end_member({});
    }

    void end_member(std::string trouble) {
        part_->finish(std::move(trouble));
        part_.reset();
    }

    // "LENGTH KEY=VALUE\n"...: only the path matters.
    void read_attributes() {
        std::string_view rest = extra_;
        while (!rest.empty()) {
            const std::size_t space = rest.find(' ');
            const auto length = space == std::string_view::npos ? std::nullopt : parse_int(rest.substr(0, space));
            if (!length || *length <= static_cast<std::int64_t>(space) || *length > static_cast<std::int64_t>(rest.size())) return;
            std::string_view pair = rest.substr(space + 1, static_cast<std::size_t>(*length) - space - 1);
            if (pair.ends_with('\n')) pair.remove_suffix(1);
            if (pair.starts_with("path=")) next_name_ = pair.substr(5);
            rest.remove_prefix(static_cast<std::size_t>(*length));
        }
    }

    const std::string name_, format_;
    std::vector<Batch>* made_;
    std::unique_ptr<Part> part_;
    std::string block_;
    std::string extra_, next_name_;
    Member member_ = Member::other;
    std::uint64_t left_ = 0;    // bytes of the member still to come
    std::size_t padding_ = 0;   // bytes behind it up to a whole block
    bool lost_ = false;
};

Reader::Reader(std::string path, std::string format, std::string name) : path_(std::move(path)), format_(std::move(format)), name_(std::move(name)) {}
Reader::~Reader() = default;

std::vector<Batch> Reader::step() {
    std::string trouble;
    bool at_end = false;
    if (source_ == nullptr) {
        auto opened = ByteSource::open(path_);
        if (opened) source_ = std::move(*opened);
        else trouble = opened.error().text;
    }
    if (trouble.empty()) {
        if (const auto piece = source_->next(); !piece) trouble = piece.error().text;
        else if (piece->empty()) at_end = true;
        else take(*piece);
    }
    if (at_end || !trouble.empty()) {
        ended_ = true;
        if (!decided_) take({});
        if (tar_ != nullptr) tar_->finish(std::move(trouble));
        else part_->finish(std::move(trouble));
    }
    return std::move(made_);
}

// An empty piece decides with what there is.
void Reader::take(std::string_view piece) {
    if (!decided_) {
        head_.append(piece);
        if (head_.size() < kTarBlock && !piece.empty()) return;
        decided_ = true;
        if (is_tar_header(head_)) tar_ = std::make_unique<Tar>(name_, format_, made_);
        else part_ = std::make_unique<Part>(name_, format_, source_ == nullptr ? Time{} : source_->changed(), made_);
        const std::string first = std::move(head_);
        head_ = {};
        if (!first.empty()) take(first);
        return;
    }
    if (piece.empty()) return;
    if (tar_ != nullptr) tar_->feed(piece);
    else part_->feed(piece);
}

Result<std::vector<Input>> find_inputs(const std::vector<std::string>& arguments, std::vector<std::pair<std::string, std::string>>& refused) {
    std::set<Input, decltype([](const Input& a, const Input& b) { return a.name < b.name; })> inputs;
    for (const std::string& argument : arguments) {
        if (argument == "-") {
            inputs.insert({"-", "-"});
            continue;
        }
        std::error_code error;
        if (!fs::exists(argument, error)) return fail(Code::not_found, vg::format("there is no file or folder {}", argument));
        if (!fs::is_directory(argument, error)) {
            inputs.insert({argument, argument});
            continue;
        }
        std::vector<fs::path> folders{argument};
        while (!folders.empty()) {
            const fs::path folder = std::move(folders.back());
            folders.pop_back();
            fs::directory_iterator at{folder, error}, end;
            for (; !error && at != end; at.increment(error)) {
                std::error_code trouble;
                const bool is_link = at->is_symlink(trouble);
                if (at->is_directory(trouble) && !is_link) folders.push_back(at->path());  // a link may lead in a circle
                else if (at->is_regular_file(trouble)) inputs.insert({at->path().string(), at->path().string()});
                if (inputs.size() > kMostInputs) return fail(Code::too_large, vg::format("more than {} files", kMostInputs));
            }
            if (error) refused.emplace_back(folder.string(), vg::format("cannot be entered: {}", error.message()));
        }
    }
    return std::vector<Input>(inputs.begin(), inputs.end());
}

}  // namespace vg::cli
