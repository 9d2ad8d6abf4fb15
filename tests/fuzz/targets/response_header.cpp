#include <stdexcept>
#include <string>

#include "fcgi/response.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {

/// The name of a header and its value: either is refused, or they are one line of the answer.
bool response_header(std::string_view input) {
  const auto texts = parts(input, 2);
  const auto before = fcgi::Response(200, "text/plain", "body").serialize();
  fcgi::Response response(200, "text/plain", "body");
  try {
    response.add(texts[0], texts[1]);
  } catch (const std::invalid_argument&) {
    promise(response.serialize() == before, "what is refused changes nothing");
    return false;
  }
  const auto line = std::string(texts[0]) + ": " + std::string(texts[1]) + "\r\n";
  const auto text = response.serialize();
  promise(text.size() == before.size() + line.size(), "one line more");
  const auto at = text.find("\r\n" + line);
  promise(at != std::string::npos && at < text.find("\r\n\r\n"), "among the headers");
  promise(text.ends_with("\r\n\r\nbody") && text.find("\r\n\r\n") + 8 == text.size(),
          "before the body");
  return true;
}

}  // namespace postern::fuzz
