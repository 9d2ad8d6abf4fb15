#pragma once

#include <string_view>

#include "domain/random.hpp"
#include "domain/secret.hpp"

namespace postern::cli {

/// Where a new password comes from. Never the command line, which other users of the machine see.
enum class PasswordSource {
  Terminal,  ///< asked for twice without echo
  Stdin,     ///< one line of at most 4096 bytes; its line end is not part of it
  Random,    ///< made here
};

/// CommandError (kUsage) where there is no terminal, the line is empty, has a second line or a NUL,
/// or the two differ. NOT checked: the installation's rules for passwords.
[[nodiscard]] domain::Secret read_password(PasswordSource source, domain::Random& random,
                                           std::size_t random_length);

/// One line as it was received, without its line end ("\n" or "\r\n").
[[nodiscard]] domain::Secret one_line(std::string_view received);

}  // namespace postern::cli
