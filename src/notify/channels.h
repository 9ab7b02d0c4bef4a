// Channels: a message on its way by mail or webhook. Constant after construction; any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ip.h"
#include "net/mail.h"
#include "notify/rows.h"

namespace vg::notify {

struct ChannelOptions {
    std::optional<net::MailServer> mail;    // none: mails wait
    std::string mail_password_file;         // read at each sending, so that a change needs no restart
    std::string from;                       // address
    std::vector<Network> webhook_networks;  // that are not of the public Internet and may be posted to all the same
    std::string webhook_ca_file;
    Span webhook_time = seconds(10);
    std::function<Result<std::string>(const std::string& sha256)> enclosed = {};  // the bytes of a mail's files; none: there are none
    const store::Secrets* secrets = nullptr;  // opens those of webhooks; none: they are stored as they are
};

class Channels {
public:
    explicit Channels(ChannelOptions options) : options_(std::move(options)) {}
    // `stopping`: asked at least once a second; true ends the attempt.
    Status send(const Message& message, Time now, const std::function<bool()>& stopping) const;

private:
    Status send_mail(const Message& message, const std::function<bool()>& stopping) const;
    Status send_webhook(const Message& message, Time now, const std::function<bool()>& stopping) const;

    const ChannelOptions options_;
};

// "sha256=HEX": HMAC-SHA-256 (RFC 2104) over the timestamp, a dot and the body.
std::string signature_of(std::string_view secret, std::string_view timestamp, std::string_view body);

}  // namespace vg::notify
