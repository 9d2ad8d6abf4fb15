#include "fcgi/percent.hpp"

#include <algorithm>

#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {

/// Percent-encoding, and decoding of whatever comes.
bool percent(std::string_view input) {
  const auto encoded = fcgi::percent_encode(input);
  promise(encoded.find_first_of("&=+?#/ <>\"'\r\n") == std::string::npos,
          "nothing is left that means something");
  for (const bool plus_is_space : {true, false}) {
    promise(fcgi::percent_decode(encoded, plus_is_space) == input, "what is encoded is decoded");
  }
  const auto decoded = fcgi::percent_decode(input, false);
  const auto escapes = static_cast<std::size_t>(std::count(input.begin(), input.end(), '%'));
  promise(!decoded || decoded->size() + 2 * escapes == input.size(), "it is decoded once");
  return decoded.has_value();
}

}  // namespace postern::fuzz
