#include "server/notifications.h"

#include "base/text.h"
#include "server/endpoints.h"
#include "server/feed_pulls.h"

namespace vg::server {
namespace {

Result<net::MailSecurity> security_of(const std::string& text) {
    if (text == "starttls") return net::MailSecurity::starttls;
    if (text == "tls") return net::MailSecurity::tls;
    if (text == "none") return net::MailSecurity::none;
    return fail(Code::bad_input, "setting smtp.security: is starttls, tls or none");
}

Result<std::optional<net::MailServer>> mail_server_of(const Settings& settings) {
    const net::MailSecurity security = TRY(security_of(settings.smtp_security));
    if (settings.smtp_host.empty()) return std::nullopt;
    if (!net::is_mail_address(settings.smtp_from)) return fail(Code::bad_input, "setting smtp.from: must be a mail address such as vonggac@don-vi.example when smtp.host is set");
    if (!settings.smtp_user.empty() && security == net::MailSecurity::none && !is_loopback(settings.smtp_host))
        return fail(Code::bad_input, "setting smtp.security: with none the password of smtp.user would cross the network in the clear; take starttls or tls");
    return net::MailServer{.host = settings.smtp_host, .port = static_cast<std::uint16_t>(settings.smtp_port), .security = security, .user = settings.smtp_user, .password = {}, .ca_file = settings.smtp_ca_file};
}

}  // namespace

Result<notify::Notifier::Options> notification_options(const Settings& settings, std::function<std::string()> own_address) {
    notify::Notifier::Options options;
    options.channels.mail = TRY(mail_server_of(settings));
    options.channels.mail_password_file = settings.smtp_user.empty() ? "" : settings.smtp_password_file;
    options.channels.from = settings.smtp_from;
    options.channels.webhook_ca_file = settings.webhook_ca_file;
    options.channels.webhook_networks = TRY(networks_of(settings.webhook_networks, "notify.webhook_networks"));
    options.outbox.keep_waiting = hours(settings.notify_keep_hours);
    options.desk.most_waiting = settings.notify_most_waiting;
    std::string address = settings.console_address;
    while (address.ends_with('/')) address.pop_back();
    options.desk.console = address.empty() ? std::move(own_address) : [address] { return address; };
    options.every = milliseconds(settings.notify_every);
    return options;
}

}  // namespace vg::server
