// Niceness of a thread. Linux keeps it by thread, and threads begin with that of the one which starts them.
#pragma once

namespace vg {

// The calling thread, and those that it starts from now on, give way to all that are less nice. Never the other way; if the
// system refuses, the thread is merely not nice.
void lower_priority(int nice);

}  // namespace vg
