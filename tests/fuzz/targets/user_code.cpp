#include "domain/user_code.hpp"

#include "domain/text.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {

/// What a person typed (RFC 8628): however it is written, it is the same code.
bool user_code(std::string_view input) {
  const auto code = domain::read_user_code(input);
  if (!code) return false;
  promise(code->size() == 8 && code->find_first_not_of("BCDFGHJKLMNPQRSTVWXZ") == std::string::npos,
          "eight of its letters");
  promise(domain::read_user_code(domain::shown_user_code(*code)) == code, "it is read as shown");
  promise(domain::read_user_code(domain::fold(input)) == code, "in either case");
  return true;
}

}  // namespace postern::fuzz
