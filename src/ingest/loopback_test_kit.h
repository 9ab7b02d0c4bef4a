// What tests of listeners share: a journal in memory behind an intake, a book of senders, and a client over loopback.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <string>
#include <vector>

#include "ingest/listener.h"
#include "ingest/memory_journal.h"
#include "net/sockets.h"

namespace vg::ingest {

// Each name or address that it knows is a source; all others are the source "unknown".
class BookOfTests final : public SenderBook {
public:
    SourceFacts source_of(const Sender& sender) override {
        const std::lock_guard lock{mutex_};
        listeners_.emplace_back(sender.listener);
        for (const std::string& name : sender.names)
            if (const auto found = known.find(name); found != known.end()) return found->second;
        const auto found = known.find(sender.address.text());
        return found == known.end() ? unknown : found->second;
    }
    static SourceFacts facts(std::string name, std::uint8_t number) {
        SourceFacts made;
        made.id.bytes[0] = number;
        made.organisation.bytes[0] = 9;
        made.name = std::move(name);
        return made;
    }
    std::map<std::string, SourceFacts> known;
    SourceFacts unknown = facts("unknown", 255);

private:
    std::mutex mutex_;
    std::vector<std::string> listeners_;
};

struct ListenerHouse {
    explicit ListenerHouse(IntakeOptions options = {}) : intake(Intake::start(journal, options, clock, metrics)) {}

    // A stream server with that one listener.
    Status serve(std::string_view listener, std::string_view name, std::optional<net::StreamTls> tls = {}) {
        world = std::make_unique<ListenerWorld>(ListenerWorld::make(name, *intake, counters, book, metrics));
        net::StreamOptions options;
        options.listeners.push_back({.name = std::string{name},
                                     .endpoint = {"127.0.0.1", 0},
                                     .tls = std::move(tls),
                                     .open = [this, open = find_listener(listener)->open](const net::StreamPeer& peer) { return open(*world, peer); }});
        server = TRY(net::StreamServer::start(std::move(options), metrics));
        return {};
    }
    // Waits until so many records are durable.
    std::vector<std::string> kept(std::size_t count) const {
        for (int i = 0; i < 6000 && journal.count() < count; ++i) ::poll(nullptr, 0, 10);
        std::vector<std::string> raws;
        for (const event::Record& record : journal.kept()) raws.push_back(record.raw);
        return raws;
    }

    MemoryJournal journal;
    ManualClock clock{Time{1'700'000'000'000'000}};
    metrics::Registry metrics;
    Counters counters;
    BookOfTests book;
    std::unique_ptr<Intake> intake;
    std::unique_ptr<ListenerWorld> world;
    std::unique_ptr<net::StreamServer> server;  // last: it uses all of the above
};

class LoopbackClient {
public:
    explicit LoopbackClient(std::uint16_t port, int type = SOCK_STREAM) : fd_(::socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    }
    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t count = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
    }
    // As many bytes as the socket takes at once, within so many milliseconds of standing still.
    std::size_t send_until_full(std::string_view bytes, int still) {
        std::size_t sent = 0;
        while (sent < bytes.size()) {
            pollfd one{fd_.get(), POLLOUT, 0};
            if (::poll(&one, 1, still) <= 0) break;
            const ssize_t count = ::send(fd_.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (count <= 0 && errno != EAGAIN) break;
            sent += count > 0 ? static_cast<std::size_t>(count) : 0;
        }
        return sent;
    }
    // Exactly so many bytes, or what came before the end.
    std::string receive(std::size_t count) {
        std::string got;
        char buffer[4096];
        while (got.size() < count) {
            pollfd one{fd_.get(), POLLIN, 0};
            if (::poll(&one, 1, 60'000) <= 0) break;
            const ssize_t some = ::recv(fd_.get(), buffer, std::min(sizeof buffer, count - got.size()), 0);
            if (some <= 0) break;
            got.append(buffer, static_cast<std::size_t>(some));
        }
        return got;
    }
    // Whether anything comes within so many milliseconds.
    bool hears(int milliseconds) {
        pollfd one{fd_.get(), POLLIN, 0};
        return ::poll(&one, 1, milliseconds) > 0;
    }
    void close() { fd_.reset(); }
    void end_sending() { ::shutdown(fd_.get(), SHUT_WR); }

private:
    net::Fd fd_;
};

}  // namespace vg::ingest
