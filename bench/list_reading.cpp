// What lists::read_list does with a list of half a million rows, on one core: decode, cut into rows, header, columns, cells, addresses,
// times, control servers, duplicates, records. Usage: bench_list_reading [ROWS [ROUNDS]]; pin it: taskset -c 0
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "base/text.h"
#include "base/time.h"
#include "lists/reading.h"

namespace {

using namespace vg;

std::string list_of(std::size_t rows) {
    constexpr const char* kFamilies[] = {"Mirai", "Sality", "Conficker", "Gamarue", "Mozi"};
    constexpr const char* kUnits[] = {"Sở Tài chính", "Bệnh viện Đa khoa", "Trung tâm CNTT", "Uỷ ban nhân dân phường Đông Khê"};
    std::string out = "Số: 1129/TTĐP2-ĐPYC;;;;;;;;;\nSTT;Thời gian;Địa chỉ IP;Cổng nguồn;ASN;Nhà mạng;Đơn vị;Họ mã độc;C&C;Cổng C&C\n";
    out.reserve(rows * 130);
    for (std::size_t i = 0; i < rows; ++i) {
        const std::size_t mixed = i * 2'654'435'761U;
        const std::size_t one = i % 30 == 29 ? i - 1 : i;  // a row in thirty is a duplicate
        out += format("{};{:02}/{:02}/2026 {:02}:{:02}:{:02};{}.{}.{}.{};{};AS{};VNPT;{};{};198.51.{}.{};{}\n", i + 1, 1 + one % 28, 1 + one / 28 % 10, one / 3'600 % 24, one / 60 % 60, one % 60, 1 + one % 200, one / 200 % 256,
                      one / 51'200 % 256, 7, 1'024 + one % 60'000, 45'899 + one % 7, kUnits[one % 4], kFamilies[one % 5], one % 16, one % 240, 48'101 + (mixed & 0));
    }
    return out;
}

lists::Profile profile() {
    using lists::Role;
    return {.name = "bench",
            .columns = {{"stt", Role::ordinal}, {"thoi gian", Role::seen}, {"dia chi ip", Role::victim}, {"cong nguon", Role::victim_port}, {"asn", Role::asn}, {"nha mang", Role::provider}, {"don vi", Role::unit},
                        {"ho ma doc", Role::family}, {"c c", Role::c2}, {"cong c c", Role::c2_port}},
            .zone = "Asia/Ho_Chi_Minh",
            .date_order = lists::DateOrder::day_first,
            .requires_ = {"dia chi ip", "thoi gian"}};
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t rows = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 500'000;
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(std::max(0, sched_getcpu())), &one);
    sched_setaffinity(0, sizeof(one), &one);
    const std::string bytes = list_of(rows);
    const std::vector<lists::Profile> profiles{profile()};
    std::printf("%zu rows, %zu bytes\n", rows, bytes.size());
    double best = 0;
    for (int round = 0; round < rounds; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        const std::clock_t cpu_begin = std::clock();
        const auto reading = lists::read_list(bytes, {.name = "list.csv", .profiles = profiles, .now = *parse_time("2026-11-30T00:00:00Z")});
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        if (!reading || reading->read != rows || !reading->questions.empty() || reading->read != reading->accepted + reading->duplicate + reading->rejected) {
            std::fprintf(stderr, "the list was not read as it is: %s\n", reading ? "counts or questions" : reading.error().text.c_str());
            return 1;
        }
        const double cpu = static_cast<double>(std::clock() - cpu_begin) / CLOCKS_PER_SEC;  // what others on the machine do not change
        const double rate = static_cast<double>(rows) / seconds;
        best = std::max(best, rate);
        std::printf("round %d: %.3f s (%.3f s of the core), %.0f events/s (%zu accepted, %zu duplicate, %zu rejected, %zu records)\n", round + 1, seconds, cpu, rate, reading->accepted, reading->duplicate, reading->rejected, reading->records.size());
    }
    std::printf("best: %.0f events/s\n", best);
    return 0;
}
