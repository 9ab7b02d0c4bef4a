// Texts made from the nouns: help, the man page. Pure.
#pragma once

#include <string>

#include "cli/noun.h"

namespace vg::cli {

std::string help_all();
std::string help_of(const Noun& noun);
std::string help_of(const Noun& noun, const Verb& verb);
// troff, man(7): for `man -l`.
std::string man_page();
// For bash; source it or put it into /etc/bash_completion.d.
std::string bash_completion();

}  // namespace vg::cli
