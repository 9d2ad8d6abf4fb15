#include "fcgi/uri.hpp"

#include <algorithm>

#include "fcgi/percent.hpp"
#include "fcgi/utf8.hpp"

namespace postern::fcgi {
namespace {

constexpr std::size_t kMaxTarget = 8192;

/// What no target may carry unescaped: control characters and space would have ended the request
/// line, a backslash is a slash to some, and a fragment is never sent (nginx cuts it off, others
/// do not).
bool raw_is_refused(char c) {
  return is_control(static_cast<unsigned char>(c)) || c == ' ' || c == '\\' || c == '#';
}

/// What no escape in a path may stand for: it would move the boundaries between segments.
bool escape_is_refused(unsigned char byte) {
  return is_control(byte) || byte == '/' || byte == '\\';
}

bool escapes_are_sound(std::string_view path) {
  for (std::size_t i = path.find('%'); i != std::string_view::npos; i = path.find('%', i + 1)) {
    const auto byte = hex_byte(path, i + 1);
    if (!byte || escape_is_refused(*byte)) return false;
  }
  return true;
}

/// Whether somebody who decodes once more than we do would see another path.
bool second_decoding_differs(std::string_view decoded) {
  for (std::size_t i = decoded.find('%'); i != std::string_view::npos;
       i = decoded.find('%', i + 1)) {
    const auto byte = hex_byte(decoded, i + 1);
    if (byte && (escape_is_refused(*byte) || *byte == '.' || *byte == '%')) return true;
  }
  return false;
}

/// A dot segment with parameters: "..;x" is ".." to servlet containers, and a name to the rest.
bool is_dressed_dot_segment(std::string_view segment) {
  const auto end = segment.find(';');
  return end != std::string_view::npos &&
         (segment.substr(0, end) == "." || segment.substr(0, end) == "..");
}

/// Merges slashes and resolves dot segments, slashes first, as nginx does: /a//../b is /b.
std::optional<std::string> resolve_segments(std::string_view decoded) {
  std::string path = "/";  // always ends in '/' where a segment may follow
  for (std::size_t begin = 1; begin <= decoded.size();) {
    const std::size_t end = std::min(decoded.find('/', begin), decoded.size());
    const std::string_view segment = decoded.substr(begin, end - begin);
    if (is_dressed_dot_segment(segment)) return std::nullopt;
    if (segment == "..") {
      if (path.size() == 1) return std::nullopt;
      path.erase(path.rfind('/', path.size() - 2) + 1);
    } else if (!segment.empty() && segment != ".") {
      path.append(segment);
      if (end < decoded.size()) path.push_back('/');
    }
    begin = end + 1;
  }
  return path;
}

}  // namespace

std::optional<Uri> parse_uri(std::string_view target) {
  if (target.empty() || target.size() > kMaxTarget || target.front() != '/') return std::nullopt;
  if (std::any_of(target.begin(), target.end(), raw_is_refused)) return std::nullopt;

  const std::size_t mark = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, mark);
  const std::string_view query = target.substr(std::min(mark + 1, target.size()));
  if (!escapes_are_sound(path)) return std::nullopt;

  const auto decoded = percent_decode(path, false);
  if (!decoded || !is_utf8(*decoded) || !is_utf8(query)) return std::nullopt;
  if (second_decoding_differs(*decoded)) return std::nullopt;

  auto resolved = resolve_segments(*decoded);
  if (!resolved) return std::nullopt;
  return Uri{std::move(*resolved), std::string(query)};
}

}  // namespace postern::fcgi
