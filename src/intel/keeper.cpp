#include "intel/keeper.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/log.h"
#include "base/text.h"

namespace vg::intel {

namespace {

constexpr std::string_view kEnding = ".indicators";

class FileBytes final : public indicator::Bytes {
public:
    explicit FileBytes(std::unique_ptr<store::File> file) : file_(std::move(file)) {}
    Result<std::uint64_t> size() const override { return file_->size(); }
    Result<std::string> read(std::uint64_t offset, std::size_t length) const override { return file_->read(offset, length); }

private:
    std::unique_ptr<store::File> file_;
};

std::uint64_t any_number(Random& random) {
    std::string bytes(8, '\0');
    random.fill(reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size());
    return pick<std::uint64_t>(bytes, 0);
}

bool is_file_name(std::string_view text) { return text.size() == 16 && from_hex(text); }

// "BASE+OVERLAY", either may be empty.
std::pair<std::string, std::string> parts_of(const std::string& name) {
    const std::size_t plus = name.find('+');
    if (plus == std::string::npos) return {name, ""};
    return {name.substr(0, plus), name.substr(plus + 1)};
}

}  // namespace

std::unique_ptr<indicator::Bytes> in_file(std::unique_ptr<store::File> file) { return std::make_unique<FileBytes>(std::move(file)); }

Result<std::unique_ptr<Keeper>> Keeper::open(Parts parts, KeeperOptions options) {
    std::unique_ptr<Keeper> keeper{new Keeper{std::move(parts), options}};
    TRY(keeper->parts_.disk.make_folder(keeper->parts_.folder));
    const auto row = TRY(keeper->parts_.state.read([](store::Transaction& tx) { return tx.first<std::string, std::string>("select name, doubts from indicator_set"); }));
    const std::string name = row ? std::get<0>(*row) : "";
    if (row) keeper->judged_by_ = std::get<1>(*row);
    auto opened = keeper->named(name);
    if (opened) {
        keeper->present_ = std::move(*opened);
        keeper->base_ = parts_of(name).first;
        if (!keeper->base_.empty()) keeper->base_table_ = TRY(keeper->open_table(keeper->base_));
        return keeper;
    }
    log::warn("indicators: the files of the set in force cannot be used; they are built anew", {{"reason", opened.error().text}});
    TRY(keeper->renew());
    return keeper;
}

std::shared_ptr<const indicator::Set> Keeper::present() const {
    const std::lock_guard lock{mutex_};
    return present_;
}

Result<std::shared_ptr<const indicator::Table>> Keeper::open_table(const std::string& name) {
    if (!is_file_name(name)) return fail(Code::corrupt, "the name of a set of indicators is damaged");
    auto file = TRY(parts_.disk.open(parts_.folder + "/" + name + std::string{kEnding}, store::Open::read));
    return indicator::Table::open(in_file(std::move(file)));
}

Result<std::shared_ptr<const indicator::Set>> Keeper::named(const std::string& name) {
    if (auto now = present(); now->name() == name) return now;
    const auto [base, overlay] = parts_of(name);
    std::shared_ptr<const indicator::Table> base_table, overlay_table;
    if (!base.empty()) base_table = TRY(open_table(base));
    if (!overlay.empty()) overlay_table = TRY(open_table(overlay));
    return indicator::Set::make(name, std::move(base_table), std::move(overlay_table));
}

Result<std::string> Keeper::write(const std::function<Status(indicator::Writer&)>& fill) {
    // Counted upwards, so that the names say which are the oldest; and chance, so that none is used twice.
    std::uint64_t number = 0;
    const auto there = TRY(parts_.disk.list(parts_.folder));
    for (const std::string& known : there)
        if (known.size() == 16 + kEnding.size() && from_hex(known.substr(0, 16))) number = std::max<std::uint64_t>(number, std::stoul(known.substr(0, 8), nullptr, 16));
    const std::string name = format("{:08x}{:08x}", number + 1, static_cast<std::uint32_t>(any_number(parts_.random)));
    const std::string path = parts_.folder + "/" + name + std::string{kEnding};
    auto file = TRY(parts_.disk.open(path, store::Open::create));
    const auto all = [&]() -> Status {
        indicator::Writer writer{any_number(parts_.random), [&](std::string_view bytes) { return file->append(bytes); }};
        TRY(fill(writer));
        TRY(writer.finish());
        TRY(file->sync());
        return parts_.disk.sync_folder(parts_.folder);
    };
    if (const Status done = all(); !done) {
        file.reset();
        static_cast<void>(parts_.disk.remove(path));
        return fail(done.error());
    }
    return name;
}

bool Keeper::is_judged() {
    const std::lock_guard one{building_};
    return base_.empty() || judged_by_ == present_doubts()->fingerprint();
}

std::shared_ptr<const Doubts> Keeper::present_doubts() const {
    auto doubts = parts_.doubts ? parts_.doubts() : nullptr;
    return doubts ? doubts : std::make_shared<const Doubts>();
}

Result<std::shared_ptr<const indicator::Set>> Keeper::renew() {
    const std::lock_guard one{building_};
    const auto doubts = present_doubts();
    const Changes changed = TRY(parts_.state.read([](store::Transaction& tx) { return changes(tx); }));
    const std::size_t base_size = base_table_ ? base_table_->size() : 0;
    const bool anew = base_table_ == nullptr || judged_by_ != doubts->fingerprint() || changed.values.size() > std::max(options_.overlay_most, base_size / 10);
    std::string overlay;
    std::shared_ptr<const indicator::Table> overlay_table;
    if (anew) {
        const std::string name = TRY(write([&](indicator::Writer& writer) {
            return parts_.state.read([&](store::Transaction& tx) { return each_entry(tx, [&](indicator::Entry& entry) {
                doubts->apply(entry);
                return writer.add(entry);
            }); });
        }));
        base_table_ = TRY(open_table(name));
        base_ = name;
    } else if (!changed.values.empty()) {
        overlay = TRY(write([&](indicator::Writer& writer) {
            return parts_.state.read([&](store::Transaction& tx) -> Status {
                for (const Value& value : changed.values) {
                    indicator::Entry entry = TRY(entry_of(tx, value));
                    doubts->apply(entry);
                    TRY(writer.add(entry));
                }
                return {};
            });
        }));
        overlay_table = TRY(open_table(overlay));
    }
    const std::string name = overlay.empty() ? base_ : base_ + "+" + overlay;
    TRY(parts_.state.write([&](store::Transaction& tx) -> Status {
        if (anew) TRY(forget_changes(tx, changed.sequence));
        TRY(tx.run("insert into indicator_set (only_row, name, doubts) values (1, :n, :d) on conflict (only_row) do update set name = excluded.name, doubts = excluded.doubts", {name, doubts->fingerprint()}));
        return {};
    }));
    judged_by_ = doubts->fingerprint();
    auto set = indicator::Set::make(name, base_table_, overlay_table);
    remove_old(base_, overlay);
    const std::lock_guard lock{mutex_};
    present_ = set;
    return set;
}

// Names count upwards. A reader of the journal that is behind will ask for the set that it is at, and for what was made since: these
// stay, and of older files the newest few. A set that somebody holds is not hurt: its files are open.
void Keeper::remove_old(const std::string& keep_base, const std::string& keep_overlay) {
    auto names = parts_.disk.list(parts_.folder);
    if (!names) return;
    std::pair<std::string, std::string> needed{keep_base, keep_overlay};
    if (parts_.needed) {
        const auto name = parts_.needed();
        if (!name) return;  // nobody knows what may go
        needed = parts_of(*name);
    }
    const std::string since = std::max(needed.first, needed.second);
    std::size_t behind = 0;
    std::erase_if(*names, [&](const std::string& file) {
        if (!file.ends_with(kEnding)) return true;
        const std::string_view name = std::string_view{file}.substr(0, file.size() - kEnding.size());
        if (name == keep_base || name == keep_overlay || name == needed.first) return true;
        return name >= since && ++behind <= options_.files_behind;
    });
    if (names->size() <= options_.files_kept) return;
    for (std::size_t i = 0; i + options_.files_kept < names->size(); ++i)
        if (const Status gone = parts_.disk.remove(parts_.folder + "/" + (*names)[i]); !gone) log::warn("indicators: a former set cannot be removed", {{"reason", gone.error().text}});
}

}  // namespace vg::intel
