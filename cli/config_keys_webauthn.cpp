#include "cli/config_keys_webauthn.hpp"

#include <algorithm>

#include "cli/config_forms.hpp"

namespace postern::cli {
namespace {

constexpr std::size_t kMostOrigins = 8;
constexpr std::size_t kLongestName = 64;

bool is_origin(std::string_view text) {
  const bool said_needlessly = (text.starts_with("https:") && text.ends_with(":443")) ||
                               (text.starts_with("http:") && text.ends_with(":80"));
  return is_issuer(text) && is_safe_issuer(text) && !said_needlessly;
}

bool is_party_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && text.front() != ' ' &&
         text.back() != ' ' &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

bool is_rp_id(std::string_view text) {
  return text.empty() ||
         (text.find(':') == std::string_view::npos && is_issuer("https://" + std::string(text)));
}

bool is_origins(std::string_view text) {
  if (text.empty()) return true;
  if (text.back() == ' ') return false;
  const auto words = words_of(text);
  return words.size() <= kMostOrigins && std::all_of(words.begin(), words.end(), is_origin);
}

std::string host_of_origin(std::string_view origin) {
  const auto scheme = origin.find("://");
  const auto authority = origin.substr(scheme == std::string_view::npos ? 0 : scheme + 3);
  const auto bracket = authority.find(']');
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  return std::string(authority.substr(0, colon));
}

bool may_use_rp_id(std::string_view host, std::string_view rp_id) {
  if (host == rp_id) return true;
  return host.size() > rp_id.size() && host.ends_with(rp_id) &&
         host[host.size() - rp_id.size() - 1] == '.';
}

void add_webauthn_keys(KeyTable& t) {
  t.words("webauthn.rp_id", "", is_rp_id,
          "the name of a host, lower case, or \"\" for the issuer's",
          [](Config& c, const Value& v) { c.domain.webauthn.rp_id = text(v); });
  t.words("webauthn.origins", "", is_origins,
          "\"https://host\" or \"https://host:port\" (http:// for this machine alone), lower case, "
          "one space between; or \"\" for the issuer",
          [](Config& c, const Value& v) { c.domain.webauthn.origins = words_of(text(v)); });
  t.words("webauthn.rp_name", "Postern", is_party_name,
          "1 to 64 printable ASCII characters, no space at either end",
          [](Config& c, const Value& v) { c.domain.webauthn.rp_name = text(v); });
  t.number("webauthn.challenge_seconds", 300, 30, 3600, [](Config& c, const Value& v) {
    c.domain.webauthn.challenge_lifetime = std::chrono::seconds(integer(v));
  });
  t.number("webauthn.per_account", 10, 1, 100,
           [](Config& c, const Value& v) { c.domain.webauthn.per_account = count(v); });
}

}  // namespace postern::cli
