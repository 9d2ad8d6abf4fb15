#include "fcgi/request.hpp"

#include <algorithm>

#include "fcgi/trim.hpp"

namespace postern::fcgi {
std::optional<std::string_view> Request::header(std::string_view lower_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_name) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> Request::cookie(std::string_view name) const {
  const auto line = header("cookie");
  return line ? cookie_value(*line, name) : std::nullopt;
}

std::optional<std::string_view> cookie_value(std::string_view header, std::string_view name) {
  if (name.empty()) return std::nullopt;
  std::optional<std::string_view> found;
  for (std::size_t begin = 0; begin < header.size();) {
    const std::size_t end = std::min(header.find(';', begin), header.size());
    const std::string_view pair = trimmed(header.substr(begin, end - begin));
    begin = end + 1;
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || trimmed(pair.substr(0, equals)) != name) continue;
    if (found) return std::nullopt;
    found = trimmed(pair.substr(equals + 1));
  }
  return found;
}

}  // namespace postern::fcgi
