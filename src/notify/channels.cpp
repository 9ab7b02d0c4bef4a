#include "notify/channels.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "net/post.h"
#include "store/disk.h"

namespace vg::notify {

std::string signature_of(std::string_view secret, std::string_view timestamp, std::string_view body) {
    const std::string signed_text = std::string{timestamp} + "." + std::string{body};
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(), digest, &size);
    return "sha256=" + to_hex({reinterpret_cast<const char*>(digest), size});
}

Status Channels::send(const Message& message, Time now, const std::function<bool()>& stopping) const {
    return message.channel == Channel::mail ? send_mail(message, stopping) : send_webhook(message, now, stopping);
}

Status Channels::send_mail(const Message& message, const std::function<bool()>& stopping) const {
    if (!options_.mail) return fail(Code::unavailable, "no mail server is set: see the settings smtp.host and smtp.from");
    net::MailServer server = *options_.mail;
    server.stopping = stopping;
    if (!options_.mail_password_file.empty()) {
        const std::string text = TRY_IN("setting smtp.password_file: ", store::read_whole(store::system_disk(), options_.mail_password_file, 4096));
        server.password = text.substr(0, text.find_first_of("\r\n"));
    }
    const std::string domain = options_.from.substr(options_.from.rfind('@') + 1);
    net::Mail mail{.from = options_.from, .to = message.recipient, .subject = message.subject, .text = message.content, .message_id = message.id.text() + "@" + domain, .date = message.created, .attachments = {}, .by_person = !message.matter.empty(), .pgp_key = message.pgp_key};
    for (const Enclosed& one : message.enclosed) {
        if (!options_.enclosed) return fail(Code::denied, "the files that go with the mail are not kept here");
        mail.attachments.push_back({one.name, one.media, TRY(options_.enclosed(one.sha256))});
    }
    const std::string bytes = TRY(net::compose(mail));
    return net::send_mail(server, options_.from, message.recipient, bytes);
}

Status Channels::send_webhook(const Message& message, Time now, const std::function<bool()>& stopping) const {
    const std::string secret = options_.secrets == nullptr ? message.secret : TRY(options_.secrets->open(message.secret, kSecretLabel));
    const std::string timestamp = std::to_string(now.micros / 1'000'000);
    const std::string url = TRY(opened_url(message.recipient, options_.secrets));
    const int status = TRY(net::post({.url = url,
                                      .headers = {{"Content-Type", "application/json"},
                                                  {"Idempotency-Key", message.id.text()},
                                                  {"X-Vonggac-Timestamp", timestamp},
                                                  {"X-Vonggac-Signature", signature_of(secret, timestamp, message.content)}},
                                      .body = message.content,
                                      .ca_file = options_.webhook_ca_file,
                                      .time = options_.webhook_time,
                                      .may_connect = [this](const Address& address) {
                                          return !net::is_inner(address) || std::any_of(options_.webhook_networks.begin(), options_.webhook_networks.end(), [&](const Network& network) { return network.contains(address); });
                                      },
                                      .stopping = stopping}));
    if (status / 100 == 2) return {};
    // 410: it is gone, and says so on purpose (RFC 9110, section 15.5.11). All else may be set right.
    return fail(status == 410 ? Code::denied : Code::unavailable, format("the webhook answered {}", status));
}

}  // namespace vg::notify
