#include "access/passwords.h"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/check.h"
#include "base/text.h"

namespace vg::access {

namespace {

// Long enough to be accepted otherwise, and among the first that a guesser tries. Compared after case folding; short
// repetitions and runs ("121212121212", "abcdefghijkl") are found by rule.
constexpr std::string_view kCommon[] = {
    "1q2w3e4r5t6y", "1qaz2wsx3edc", "abc123456789", "abc@12345678", "abcd12345678", "adminadmin123", "admin@123456", "admin@1234567",
    "administrator", "administrator1", "administrator123", "changeme1234", "changemenow1", "correcthorsebatterystaple", "hanoi@123456",
    "iloveyou1234", "letmein12345", "matkhau12345", "matkhau123456", "matkhau@1234", "p@ssw0rd1234", "p@ssword1234", "passw0rd1234",
    "password1234", "password12345", "password@123", "passwordpassword", "q1w2e3r4t5y6", "qwerty123456", "qwertyuiop12", "qwertyuiop123",
    "qwertyuiop[]", "saigon@12345", "vietnam12345", "vietnam@1234", "vonggac12345", "welcome12345", "welcome@1234", "zaq12wsxcde3",
};

std::size_t count_characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool repeats_within(std::string_view text, std::size_t most_period) {
    for (std::size_t period = 1; period <= most_period; ++period) {
        bool repeats = true;
        for (std::size_t i = period; i < text.size() && repeats; ++i) repeats = text[i] == text[i - period];
        if (repeats) return true;
    }
    return false;
}

// Each character is the one before plus (or minus) one, where 0 follows 9.
bool is_run(std::string_view text) {
    for (const int step : {1, -1}) {
        bool runs = true;
        for (std::size_t i = 1; i < text.size() && runs; ++i) {
            const int difference = text[i] - text[i - 1];
            const bool wraps = (text[i - 1] == '9' && text[i] == '0' && step == 1) || (text[i - 1] == '0' && text[i] == '9' && step == -1);
            runs = difference == step || wraps;
        }
        if (runs) return true;
    }
    return false;
}

// NFC, so that a keyboard that composes accents and one that does not give the same password; wiped when it goes.
class Normalised {
public:
    explicit Normalised(std::string_view password) : text_(nfc(password)) {}
    ~Normalised() { sodium_memzero(text_.data(), text_.size()); }
    Normalised(const Normalised&) = delete;
    Normalised& operator=(const Normalised&) = delete;
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
};

std::string without_padding(std::string base64) {
    while (!base64.empty() && base64.back() == '=') base64.pop_back();
    return base64;
}

}  // namespace

Status password_is_acceptable(std::string_view password, std::string_view user_name) {
    if (password.size() > kLongestPassword) return fail(Code::bad_input, format("field password: longer than {} bytes", kLongestPassword));
    if (!is_utf8(password)) return fail(Code::bad_input, "field password: is not UTF-8");
    if (password.find('\0') != std::string_view::npos) return fail(Code::bad_input, "field password: contains a NUL");
    const Normalised normalised{password};
    if (count_characters(normalised.text()) < kShortestPassword)
        return fail(Code::bad_input, format("field password: needs at least {} characters", kShortestPassword));
    std::string folded = fold_case(normalised.text());
    std::string name = fold_case(user_name);
    const bool common = std::find(std::begin(kCommon), std::end(kCommon), folded) != std::end(kCommon) || repeats_within(folded, 3) || is_run(folded);
    bool is_name = !name.empty() && folded == name;
    if (name.size() >= 4) {
        while (true) {
            const std::size_t at = folded.find(name);
            if (at == std::string::npos) break;
            folded.erase(at, name.size());
            is_name = is_name || count_characters(folded) < 8;
        }
    }
    sodium_memzero(folded.data(), folded.size());
    if (is_name) return fail(Code::bad_input, "field password: is little more than the user name");
    if (common) return fail(Code::bad_input, "field password: is one of those that are guessed first; choose another");
    return {};
}

class Passwords::Place {
public:
    static Result<Place> take(Passwords& owner) {
        std::unique_lock lock{owner.mutex_};
        if (owner.computing_ >= owner.options_.at_once) {
            if (owner.waiting_ >= owner.options_.waiting) return fail(Code::busy, "too many sign-ins at once; try again");
            ++owner.waiting_;
            owner.free_.wait(lock, [&] { return owner.computing_ < owner.options_.at_once; });
            --owner.waiting_;
        }
        ++owner.computing_;
        return Place{&owner};
    }
    Place(Place&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
        if (owner_ == nullptr) return;
        {
            const std::lock_guard lock{owner_->mutex_};
            --owner_->computing_;
        }
        owner_->free_.notify_one();
    }

private:
    explicit Place(Passwords* owner) : owner_(owner) {}
    Passwords* owner_;
};

Passwords::Passwords(Random& random, PasswordOptions options) : random_(random), options_(options) {
    CHECK(sodium_init() >= 0, "libsodium starts on any Linux");
    std::string unknowable(32, '\0');
    random_.fill(reinterpret_cast<std::uint8_t*>(unknowable.data()), unknowable.size());
    nobody_ = hash_in_place(to_hex(unknowable)).value_or(std::string{});
}

Result<std::string> Passwords::hash_in_place(std::string_view password) {
    std::string salt(crypto_pwhash_argon2id_SALTBYTES, '\0');
    random_.fill(reinterpret_cast<std::uint8_t*>(salt.data()), salt.size());
    std::string out(32, '\0');
    const Normalised normalised{password};
    if (crypto_pwhash(reinterpret_cast<unsigned char*>(out.data()), out.size(), normalised.text().data(), normalised.text().size(),
                      reinterpret_cast<const unsigned char*>(salt.data()), options_.cost.passes, options_.cost.memory,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        return fail(Code::unavailable, "no memory to compute a password's hash");
    return format("$argon2id$v=19$m={},t={},p=1${}${}", options_.cost.memory / 1024, options_.cost.passes, without_padding(to_base64(salt)),
                  without_padding(to_base64(out)));
}

Result<std::string> Passwords::hash(std::string_view password) {
    const Place place = TRY(Place::take(*this));
    return hash_in_place(password);
}

Result<bool> Passwords::verify(const std::optional<std::string>& stored, std::string_view password) {
    const std::string& against = stored ? *stored : nobody_;
    std::array<char, crypto_pwhash_STRBYTES> text{};
    if (against.size() >= text.size() || password.size() > kLongestPassword) return false;
    std::copy(against.begin(), against.end(), text.begin());
    const Place place = TRY(Place::take(*this));
    const Normalised normalised{password};
    const bool right = crypto_pwhash_str_verify(text.data(), normalised.text().data(), normalised.text().size()) == 0;
    return right && stored.has_value();
}

bool Passwords::is_outdated(const std::string& stored) const {
    std::array<char, crypto_pwhash_STRBYTES> text{};
    if (stored.size() >= text.size()) return true;
    std::copy(stored.begin(), stored.end(), text.begin());
    return crypto_pwhash_str_needs_rehash(text.data(), options_.cost.passes, options_.cost.memory) != 0;
}

}  // namespace vg::access
