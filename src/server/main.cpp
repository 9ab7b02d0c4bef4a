#include "server/program.h"

int main(int argc, char** argv) { return vg::server::program(argc, argv, {}); }
