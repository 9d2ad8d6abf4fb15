#include "cli/config_keys_scriptix.hpp"

#include <algorithm>

#include "cli/config_forms.hpp"
#include "domain/ascii.hpp"
#include "domain/text.hpp"

namespace postern::cli {
namespace {

using std::chrono::seconds;

constexpr std::size_t kMostAddresses = 32;
constexpr std::size_t kLongestAddress = 1024;
constexpr std::size_t kLongestLine = 100;
constexpr std::size_t kLongestProvider = 32;
constexpr std::int64_t kLongestSession = 31'536'000;

bool is_redirect_uri(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos || text.size() > kLongestAddress) return false;
  const auto path = text.find('/', scheme + 3);
  if (path == std::string_view::npos) return false;
  const auto origin = text.substr(0, path);
  const bool visible = std::all_of(text.begin(), text.end(),
                                   [](char c) { return c > ' ' && c < '\x7f' && c != '#'; });
  return visible && is_issuer(origin) && is_safe_issuer(origin);
}

/// It has no refresh token: its one access token lives as long as the session.
void set_lifetime(Config& config, seconds lifetime) {
  auto& session =
      config.domain.sessions.at(static_cast<std::size_t>(domain::SessionKind::Scriptix) - 1);
  session.access_lifetime = lifetime;
  session.idle_lifetime = lifetime;
  session.absolute_lifetime = lifetime;
}

void set_unremembered_lifetime(Config& config, seconds lifetime) {
  config.domain.sessions.at(static_cast<std::size_t>(domain::SessionKind::Scriptix) - 1)
      .unremembered_lifetime = lifetime;
}

}  // namespace

bool is_redirect_uris(std::string_view text) {
  if (text.empty()) return true;
  if (text.back() == ' ') return false;
  const auto words = words_of(text);
  return words.size() <= kMostAddresses && std::all_of(words.begin(), words.end(), is_redirect_uri);
}

bool is_shown_line(std::string_view text) {
  return domain::check_label("", text, kLongestLine).ok();
}

bool is_provider_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestProvider &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return domain::is_lower(c) || domain::is_digit(c) || c == '-'; });
}

void add_scriptix_keys(KeyTable& t) {
  t.number("session.scriptix.lifetime_seconds", 604800, 60, kLongestSession,
           [](Config& c, const Value& v) { set_lifetime(c, seconds(integer(v))); });
  t.number("session.scriptix.unremembered_seconds", 43200, 60, kLongestSession,
           [](Config& c, const Value& v) { set_unremembered_lifetime(c, seconds(integer(v))); });
  t.boolean("scriptix.enabled", true,
            [](Config& c, const Value& v) { c.handlers.scriptix.enabled = flag(v); });
  t.number("scriptix.requests_per_minute", 100, 1, 100000,
           [](Config& c, const Value& v) { c.handlers.scriptix.requests_per_minute = count(v); });
  t.words("scriptix.organization", "Organization", is_shown_line, "1 to 100 characters in one line",
          [](Config& c, const Value& v) { c.handlers.scriptix.organization = text(v); });
  t.words("scriptix.plan", "Gold", is_shown_line, "1 to 100 characters in one line",
          [](Config& c, const Value& v) { c.handlers.scriptix.plan = text(v); });
  t.words(
      "scriptix.redirect_uris", "", is_redirect_uris,
      "https addresses (http:// for this machine alone) with a path and without \"#\", one space "
      "between; or \"\" for none",
      [](Config& c, const Value& v) { c.handlers.scriptix.redirect_uris = words_of(text(v)); });
  t.words("scriptix.microsoft_provider", "microsoft", is_provider_name,
          "the name of an [[sso.provider]]",
          [](Config& c, const Value& v) { c.handlers.scriptix.microsoft_provider = text(v); });
}

}  // namespace postern::cli
