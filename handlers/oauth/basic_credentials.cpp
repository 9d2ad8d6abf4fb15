#include "handlers/oauth/basic_credentials.hpp"

#include <algorithm>

#include "domain/bytes.hpp"
#include "domain/text.hpp"
#include "fcgi/percent.hpp"

namespace postern::handlers::oauth {
namespace {

constexpr std::string_view kScheme = "basic ";

/// RFC 4648 section 4: padded, and one spelling for each text.
std::optional<std::string> base64_decode(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  text = text.substr(
      0, text.size() - std::min<std::size_t>(2, text.size() - 1 - text.find_last_not_of('=')));
  std::string other(text);
  for (char& c : other) {
    if (c == '-' || c == '_') return std::nullopt;
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  const auto bytes = domain::base64url_decode(other);
  if (!bytes) return std::nullopt;
  return std::string(bytes->begin(), bytes->end());
}

}  // namespace

std::optional<BasicCredentials> BasicCredentials::parse(std::string_view header) {
  if (header.size() <= kScheme.size() ||
      domain::fold(header.substr(0, kScheme.size())) != kScheme) {
    return std::nullopt;
  }
  header.remove_prefix(std::min(header.find_first_not_of(' ', kScheme.size()), header.size()));
  const auto text = base64_decode(header);
  if (!text) return std::nullopt;
  const bool is_address = text->starts_with("https://") && text->ends_with(':');
  const auto colon = is_address ? text->size() - 1 : text->find(':');
  if (colon == std::string::npos) return std::nullopt;
  const std::string_view whole(*text);
  auto id = fcgi::percent_decode(whole.substr(0, colon), true);
  auto secret = fcgi::percent_decode(whole.substr(colon + 1), true);
  if (!id || id->empty() || !secret || !domain::is_clean_text(*id) ||
      !domain::is_clean_text(*secret)) {
    return std::nullopt;
  }
  return BasicCredentials{*std::move(id), domain::Secret(*std::move(secret))};
}

}  // namespace postern::handlers::oauth
