#include <algorithm>

#include "fcgi/percent.hpp"
#include "fcgi/plain_path.hpp"
#include "fcgi/uri.hpp"
#include "fcgi/utf8.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {

/// A request's address (CVE-2021-32637): one path, without anything that others would resolve.
bool request_target(std::string_view input) {
  const auto uri = fcgi::parse_uri(input);
  const auto plain = fcgi::plain_path(input);
  promise(!plain || (uri && uri->path == *plain), "the quick reader says nothing else");
  if (!uri) return false;
  const auto& path = uri->path;
  promise(path.starts_with('/'), "a path is absolute");
  promise(path.find("//") == std::string::npos, "has no empty segment");
  for (const auto* dots : {"/./", "/../"}) {
    promise((path + "/").find(dots) == std::string::npos, "and no dot segment");
  }
  promise(fcgi::is_utf8(path) && path.find('\\') == std::string::npos &&
              std::none_of(path.begin(), path.end(),
                           [](char c) { return fcgi::is_control(static_cast<unsigned char>(c)); }),
          "it is text");
  const auto again = fcgi::parse_uri(fcgi::percent_encode(path, "/"));
  promise(again && again->path == path, "it is its own normal form");
  return true;
}

}  // namespace postern::fuzz
