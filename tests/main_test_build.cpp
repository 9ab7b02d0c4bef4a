// vonggac-test: the program with two things planted for the whole-product scripts. A record that contains VG-CRASH-ME ends
// the process while it is parsed; and the clock is moved by the seconds that the file VG_TEST_CLOCK_OFFSET_FILE holds.
#include <cstdlib>
#include <fstream>
#include <string>

#include "server/program.h"
#include "server/system_clock.h"

namespace {

class MovedClock final : public vg::Clock {
public:
    vg::Time now() override {
        std::int64_t moved = 0;
        if (const char* path = std::getenv("VG_TEST_CLOCK_OFFSET_FILE")) std::ifstream{path} >> moved;
        return real_.now() + vg::seconds(moved);
    }

private:
    vg::server::SystemClock real_;
};

}  // namespace

int main(int argc, char** argv) {
    MovedClock clock;
    return vg::server::program(argc, argv, {.clock = &clock, .before_parse = [](const vg::event::Record& record) {
                                                if (record.raw.find("VG-CRASH-ME") != std::string::npos) std::abort();
                                            }});
}
