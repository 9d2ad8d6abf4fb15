#include "handlers/oauth/url_normal_form.hpp"

#include <algorithm>

#include "domain/ascii.hpp"
#include "domain/text.hpp"
#include "fcgi/percent.hpp"

namespace postern::handlers::oauth {
namespace {

std::optional<std::string> same_escapes(std::string_view path) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (std::size_t at = 0; at < path.size(); ++at) {
    if (path[at] != '%') {
      out += path[at];
      continue;
    }
    const auto byte = fcgi::hex_byte(path, at + 1);
    if (!byte) return std::nullopt;
    const char c = static_cast<char>(*byte);
    if (domain::is_unreserved(c)) {
      out += c;
    } else {
      out += '%';
      out += kHex[*byte >> 4U];
      out += kHex[*byte & 0x0FU];
    }
    at += 2;
  }
  return out;
}

/// RFC 3986 section 5.2.4, of a path that begins with '/'.
std::string without_dots(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const auto end = std::min(path.find('/', 1), path.size());
    const auto segment = path.substr(0, end);  // with the '/' before it
    const bool last = end == path.size();
    path.remove_prefix(end);
    if (segment == "/..") out.resize(out.empty() ? 0 : out.rfind('/'));
    if (segment != "/." && segment != "/..") {
      out += segment;
    } else if (last) {
      out += '/';
    }
  }
  return out;
}

/// A name, or an IP literal in its brackets. NOT checked: that there is such a host.
bool is_host(std::string_view text) {
  if (text.starts_with('[')) {
    return text.size() > 2 && text.find(']') == text.size() - 1 &&
           text.find_first_not_of("0123456789abcdef:.", 1) == text.size() - 1;
  }
  return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
    return fcgi::is_control(static_cast<unsigned char>(c)) ||
           std::string_view(" \"%:<>@[\\]^`{|}").find(c) != std::string_view::npos;
  });
}

/// Host and port, the scheme's own port left out.
std::optional<std::string> same_authority(std::string_view authority, std::string_view own_port) {
  const std::string text = domain::fold(authority);
  const std::string_view whole(text);
  const auto colon = whole.ends_with(']') ? whole.size() : std::min(whole.rfind(':'), whole.size());
  const auto host = whole.substr(0, colon);
  const auto port = whole.substr(std::min(colon + 1, whole.size()));
  const bool is_number = port.find_first_not_of("0123456789") == std::string_view::npos;
  if (!is_host(host) || !is_number) return std::nullopt;
  return std::string(port.empty() || port == own_port ? host : whole);
}

}  // namespace

std::optional<std::string> normal_form(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const auto separator = url.find("://");
  if (separator == std::string_view::npos) return std::nullopt;
  const auto scheme = domain::fold(url.substr(0, separator));
  if (scheme != "https" && scheme != "http") return std::nullopt;
  url.remove_prefix(separator + 3);
  const auto slash = std::min(url.find('/'), url.size());
  const auto authority = same_authority(url.substr(0, slash), scheme == "https" ? "443" : "80");
  const auto path = same_escapes(slash == url.size() ? "/" : url.substr(slash));
  if (!authority || !path) return std::nullopt;
  return scheme + "://" + *authority + without_dots(*path);
}

}  // namespace postern::handlers::oauth
