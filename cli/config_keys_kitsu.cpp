#include "cli/config_keys_kitsu.hpp"

#include <algorithm>

#include "cli/config_forms.hpp"
#include "cli/config_keys_scriptix.hpp"
#include "cli/mail/mail_forms.hpp"
#include "domain/ascii.hpp"

namespace postern::cli {
namespace {

using std::chrono::seconds;

constexpr std::int64_t kLongestSession = 31'536'000;

bool is_word(std::string_view text, std::size_t most, std::string_view marks) {
  return !text.empty() && text.size() <= most &&
         std::all_of(text.begin(), text.end(), [marks](char c) {
           return domain::is_alphanumeric(c) || marks.find(c) != std::string_view::npos;
         });
}

bool is_provider_name_or_empty(std::string_view text) {
  return text.empty() || is_provider_name(text);
}

bool is_home_page(std::string_view text) {
  return !text.empty() && is_sign_in_url(text);
}

domain::SessionSettings& session(Config& config) {
  return config.domain.sessions.at(static_cast<std::size_t>(domain::SessionKind::Kitsu) - 1);
}

/// A session lives for a refresh token, and for the last access token that was got by it.
void set_lifetimes(Config& config, seconds access, seconds refresh) {
  session(config).access_lifetime = access;
  session(config).idle_lifetime = refresh;
  session(config).absolute_lifetime = refresh + access;
}

/// The gate reads the cookie that this dialect sets, and no other.
void set_cookies(Config& config, bool enabled, bool cookies) {
  config.handlers.kitsu.enabled = enabled;
  config.handlers.kitsu.browser_cookies = cookies;
  config.handlers.gate.kitsu_cookie = enabled && cookies;
}

void add_door(KeyTable& t) {
  t.boolean("kitsu.enabled", true, [](Config& c, const Value& v) {
    set_cookies(c, flag(v), c.handlers.kitsu.browser_cookies);
  });
  t.boolean("kitsu.browser_cookies", true,
            [](Config& c, const Value& v) { set_cookies(c, c.handlers.kitsu.enabled, flag(v)); });
  t.boolean("kitsu.claimable_persons", false,
            [](Config& c, const Value& v) { c.handlers.kitsu.claimable_persons = flag(v); });
  t.boolean("kitsu.enforce_two_factor", false,
            [](Config& c, const Value& v) { c.domain.mfa.required_at_kitsu = flag(v); });
  t.words("kitsu.oidc_provider", "", is_provider_name_or_empty,
          "the name of an [[sso.provider]], or \"\" for none",
          [](Config& c, const Value& v) { c.handlers.kitsu.oidc_provider = text(v); });
  t.words("kitsu.reset_page", "", is_reset_page,
          "\"https://host/path\" (http:// for this machine alone) without \"?\" and \"#\", or \"\"",
          [](Config& c, const Value& v) { c.handlers.kitsu.reset_page = text(v); });
  t.words("kitsu.home_page", "/", is_home_page,
          "a path on this site such as \"/\", or an http(s) address",
          [](Config& c, const Value& v) { c.handlers.kitsu.home_page = text(v); });
}

void add_what_is_told(KeyTable& t) {
  t.words("kitsu.organisation", "Organisation", is_shown_line, "1 to 100 characters in one line",
          [](Config& c, const Value& v) { c.handlers.kitsu.organisation = text(v); });
  t.words("kitsu.version", "1.0.67", is_api_version, "1 to 32 of letters, digits, \".\" and \"-\"",
          [](Config& c, const Value& v) { c.handlers.kitsu.version = text(v); });
  t.words("kitsu.locale", "en_US", is_locale, "1 to 20 of letters, digits, \"_\" and \"-\"",
          [](Config& c, const Value& v) { c.handlers.kitsu.locale = text(v); });
  t.words("kitsu.timezone", "Europe/Paris", is_timezone,
          "1 to 50 of letters, digits and _ + - /, such as \"Europe/Paris\"",
          [](Config& c, const Value& v) { c.handlers.kitsu.timezone = text(v); });
}

}  // namespace

bool is_reset_page(std::string_view text) {
  return is_page_url_or_empty(text) && text.find('?') == std::string_view::npos;
}

bool is_api_version(std::string_view text) {
  return is_word(text, 32, ".-");
}

bool is_locale(std::string_view text) {
  return is_word(text, 20, "_-");
}

bool is_timezone(std::string_view text) {
  return is_word(text, 50, "_+-/");
}

void add_kitsu_keys(KeyTable& t) {
  t.number("session.kitsu.access_seconds", 604800, 1, kLongestSession,
           [](Config& c, const Value& v) {
             set_lifetimes(c, seconds(integer(v)), session(c).idle_lifetime);
           });
  t.number("session.kitsu.refresh_seconds", 1296000, 60, kLongestSession,
           [](Config& c, const Value& v) {
             set_lifetimes(c, session(c).access_lifetime, seconds(integer(v)));
           });
  add_door(t);
  add_what_is_told(t);
}

}  // namespace postern::cli
