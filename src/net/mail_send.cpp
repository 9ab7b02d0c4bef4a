// send_mail(): the conversation is libcurl's.
#include <curl/curl.h>

#include <algorithm>

#include "base/text.h"
#include "net/mail.h"
#include "net/transfer.h"

namespace vg::net {
namespace {

struct Upload {
    std::string_view rest;
    static std::size_t read(char* to, std::size_t size, std::size_t count, void* self) {
        auto& rest = static_cast<Upload*>(self)->rest;
        const std::size_t taken = std::min(size * count, rest.size());
        rest.copy(to, taken);
        rest.remove_prefix(taken);
        return taken;
    }
};

// Keeps the last refusal: QUIT has an answer of its own behind it.
std::size_t hear(char* bytes, std::size_t size, std::size_t count, void* refusal) {
    const std::string_view line{bytes, std::min<std::size_t>(size * count, 1000)};
    if (line.starts_with('4') || line.starts_with('5')) *static_cast<std::string*>(refusal) = line;
    return size * count;
}

bool is_host(std::string_view host) {
    return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' || c == '_';
    });
}

}  // namespace

Status send_mail(const MailServer& server, const std::string& from, const std::string& to, const std::string& bytes) {
    if (!is_host(server.host)) return fail(Code::bad_input, "the mail server is neither a name nor an address");
    if (!is_mail_address(from) || !is_mail_address(to)) return fail(Code::bad_input, "the sender or the recipient is no mail address");
    const bool is_v6 = server.host.find(':') != std::string::npos;
    // The last part is what EHLO says we are.
    const std::string url = format("{}://{}{}{}:{}/{}", server.security == MailSecurity::tls ? "smtps" : "smtp", is_v6 ? "[" : "", server.host, is_v6 ? "]" : "", server.port,
                                   from.substr(from.rfind('@') + 1));
    Transfer transfer = TRY(Transfer::make("smtp,smtps", url, server.time, server.ca_file, server.stopping));
    CURL* curl = transfer.handle();
    if (server.security == MailSecurity::starttls) curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    if (!server.user.empty()) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, server.user.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, server.password.c_str());
    }
    curl_slist* recipients = curl_slist_append(nullptr, ("<" + to + ">").c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ("<" + from + ">").c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    Upload upload{bytes};
    std::string said;
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, Upload::read);
    curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, hear);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &said);
    const int code = transfer.run();
    curl_slist_free_all(recipients);
    if (code == CURLE_OK) return {};
    const std::string reason = format("mail server {}:{}: {}{}", server.host, server.port, transfer.reason(code), trim(said).empty() ? "" : "; it said: " + peer_words(said));
    // 55x is about the mailbox or the message itself (RFC 5321, section 4.2.3), and another try would hear the same; so is 4xx
    // but for 421, and it may hear something else. The rest is about the server.
    if (code != CURLE_LOGIN_DENIED && said.starts_with("55")) return fail(Code::denied, reason);
    const bool is_of_message = code != CURLE_LOGIN_DENIED && said.starts_with('4') && !said.starts_with("421");
    return fail(is_of_message ? Code::busy : Code::unavailable, reason);
}

}  // namespace vg::net
