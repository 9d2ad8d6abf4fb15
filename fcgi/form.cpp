#include <algorithm>

#include "fcgi/percent.hpp"
#include "fcgi/uri.hpp"
#include "fcgi/utf8.hpp"

namespace postern::fcgi {
namespace {

std::optional<std::string> decode_text(std::string_view text) {
  auto decoded = percent_decode(text, true);
  if (!decoded || decoded->find('\0') != std::string::npos || !is_utf8(*decoded)) {
    return std::nullopt;
  }
  return decoded;
}

}  // namespace

std::optional<std::vector<FormField>> parse_form(std::string_view text, std::size_t max_fields) {
  std::vector<FormField> fields;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('&', begin), text.size());
    const std::string_view piece = text.substr(begin, end - begin);
    begin = end + 1;
    if (piece.empty()) continue;
    if (fields.size() == max_fields) return std::nullopt;

    const std::size_t equals = std::min(piece.find('='), piece.size());
    auto name = decode_text(piece.substr(0, equals));
    auto value = decode_text(piece.substr(std::min(equals + 1, piece.size())));
    if (!name || !value) return std::nullopt;
    fields.push_back({std::move(*name), std::move(*value)});
  }
  return fields;
}

}  // namespace postern::fcgi
