#include "formats/joiner.h"

#include <utility>
#include <vector>

#include "base/text.h"
#include "formats/text_scan.h"

namespace vg::formats {

namespace {

constexpr std::size_t kMostJoined = std::size_t{1} << 20;


// "audit(1588888888.123:456)" → "1588888888.123:456".
std::string_view audit_id(std::string_view line) {
    constexpr std::string_view kBegin = "audit(";
    const std::size_t at = line.substr(0, 512).find(kBegin);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = line.substr(at + kBegin.size(), 64);
    const std::size_t close = rest.find(')');
    return close == std::string_view::npos ? std::string_view{} : rest.substr(0, close);
}

// The daemon writes the lines of one event mostly behind one another, but two events may be mixed.
class AuditJoiner final : public Joiner {
public:
    void line(std::string_view line, const Keep& keep) override {
        line = trim(line);
        if (line.empty()) return;
        const std::string_view id = audit_id(line);
        if (id.empty()) {
            keep(line);
            return;
        }
        for (std::size_t i = 0; i < open_.size(); ++i) {
            if (open_[i].id != id) continue;
            if (open_[i].text.size() + line.size() < kMostJoined) open_[i].text.append("\n").append(line);
            if (is_end(line)) close(i, keep);
            return;
        }
        if (open_.size() >= kMostOpen) close(0, keep);
        open_.push_back({std::string{id}, std::string{line}});
    }
    void finish(const Keep& keep) override {
        while (!open_.empty()) close(0, keep);
    }

private:
    static constexpr std::size_t kMostOpen = 8;
    struct Open {
        std::string id, text;
    };
    static bool is_end(std::string_view line) { return line.substr(0, 300).find("type=EOE ") != std::string_view::npos; }
    void close(std::size_t i, const Keep& keep) {
        const std::string text = std::move(open_[i].text);
        open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(i));
        keep(text);
    }
    std::vector<Open> open_;
};

class XmlJoiner final : public Joiner {
public:
    void line(std::string_view line, const Keep& keep) override {
        while (true) {
            if (!inside_) {
                const std::size_t begin = find_event(line);
                if (begin == std::string_view::npos) return;
                line.remove_prefix(begin);
                inside_ = true;
            }
            const std::size_t end = line.find(kEnd);
            const std::string_view part = line.substr(0, end == std::string_view::npos ? line.size() : end + kEnd.size());
            if (held_.size() + part.size() > kMostJoined) {
                damage_ = "an <Event> is longer than 1 MB";
                held_.clear();
                inside_ = false;
                return;
            }
            held_.append(held_.empty() ? "" : "\n").append(part);
            if (end == std::string_view::npos) return;
            inside_ = false;
            const std::string whole = std::exchange(held_, {});
            if (!keep(whole)) return;
            line.remove_prefix(part.size());
        }
    }
    void finish(const Keep& keep) override {
        if (inside_) {
            damage_ = "the last <Event> is not closed";
            keep(held_);
        }
        inside_ = false;
    }
    std::string take_damage() override { return std::exchange(damage_, {}); }

private:
    static constexpr std::string_view kEnd = "</Event>";
    static std::size_t find_event(std::string_view line) {
        for (std::size_t at = line.find("<Event"); at != std::string_view::npos; at = line.find("<Event", at + 1))
            if (at + 6 < line.size() && (line[at + 6] == ' ' || line[at + 6] == '>')) return at;
        return std::string_view::npos;
    }
    bool inside_ = false;
    std::string held_, damage_;
};

class W3cJoiner final : public Joiner {
public:
    void line(std::string_view line, const Keep& keep) override {
        line = trim(line);
        if (line.starts_with("#Fields:") && line.size() < kMostFields) fields_ = line;
        if (line.empty() || line.starts_with('#')) return;
        if (fields_.empty()) keep(line);
        else keep(format("{}\n{}", fields_, line));
    }
    void finish(const Keep&) override {}

    static bool begins(std::string_view line) {
        return line.starts_with("#Software: Microsoft Internet Information Services") || line.starts_with("#Software: Microsoft HTTP API") || line.starts_with("#Fields: date time ");
    }

private:
    static constexpr std::size_t kMostFields = 4096;
    std::string fields_;
};

class TimedJoiner final : public Joiner {
public:
    void line(std::string_view line, const Keep& keep) override {
        if (begins(line)) {
            finish(keep);
            held_ = line;
        } else if (held_.empty()) {
            if (!trim(line).empty()) keep(line);
        } else if (held_.size() + line.size() < kMostJoined) {
            held_.append("\n").append(line);
        }
    }
    void finish(const Keep& keep) override {
        const std::string whole = std::exchange(held_, {});
        if (!trim(whole).empty()) keep(trim(whole));
    }

    static bool begins(std::string_view line) { return line.size() > 19 && is_digit(line[0]) && is_digit(line[3]) && line[4] == '-' && line[7] == '-' && line[10] == ' ' && line[13] == ':'; }

private:
    std::string held_;
};

bool is_zimbra(std::string_view line) { return TimedJoiner::begins(line) && line[19] == ',' && line.find("] [") != std::string_view::npos && line.find("] - ") == std::string_view::npos && line.find(" - ") != std::string_view::npos; }

bool is_postgres(std::string_view line) {
    if (!TimedJoiner::begins(line)) return false;
    for (const std::string_view level : {" LOG:  ", " ERROR:  ", " FATAL:  ", " STATEMENT:  ", " DETAIL:  ", " WARNING:  ", " PANIC:  "})
        if (line.substr(0, 512).find(level) != std::string_view::npos) return true;
    return false;
}

}  // namespace

std::unique_ptr<Joiner> w3c_joiner() { return std::make_unique<W3cJoiner>(); }
std::unique_ptr<Joiner> audit_joiner() { return std::make_unique<AuditJoiner>(); }
std::unique_ptr<Joiner> xml_joiner() { return std::make_unique<XmlJoiner>(); }
std::unique_ptr<Joiner> timed_joiner() { return std::make_unique<TimedJoiner>(); }

std::unique_ptr<Joiner> joiner_for(std::string_view line, std::string_view format) {
    const auto may_be = [format](std::string_view name) { return format.empty() || format == name; };
    if (may_be("zeek") && line.starts_with("#separator ")) return zeek_joiner();
    if (may_be("iis") && W3cJoiner::begins(line)) return w3c_joiner();
    if (may_be("auditd") && !audit_id(line).empty() && (line.starts_with("type=") || line.starts_with("node="))) return audit_joiner();
    if (may_be("windows-xml") && (line.starts_with("<Event") || line.starts_with("<?xml"))) return xml_joiner();
    if (may_be("zimbra") && (!format.empty() || is_zimbra(line))) return timed_joiner();
    if (may_be("postgresql") && (!format.empty() || is_postgres(line))) return timed_joiner();
    return nullptr;
}

}  // namespace vg::formats
