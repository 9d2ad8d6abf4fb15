#include <string>

#include "fcgi/request.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {

/// The name of a cookie and a header.
bool cookie(std::string_view input) {
  const auto texts = parts(input, 2);
  const auto value = fcgi::cookie_value(texts[1], texts[0]);
  if (!value) return false;
  promise(texts[1].find(*value) != std::string_view::npos, "the value stands in the header");
  promise(value->find(';') == std::string_view::npos, "and ends where the next begins");
  promise(!fcgi::cookie_value(std::string(texts[1]) + "; " + std::string(texts[0]) + "=", texts[0]),
          "sent twice it is none");
  return true;
}

}  // namespace postern::fuzz
