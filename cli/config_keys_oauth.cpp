#include "cli/config_keys_oauth.hpp"

#include <algorithm>

#include "cli/config_forms.hpp"
#include "cli/config_keys_scriptix.hpp"
#include "domain/ascii.hpp"
#include "domain/network.hpp"
#include "handlers/oauth/endpoints.hpp"

namespace postern::cli {
namespace {

using std::chrono::days;
using std::chrono::seconds;

constexpr std::size_t kMostNetworks = 32;
constexpr std::size_t kLongestPath = 255;

domain::SessionSettings& session(Config& config, domain::SessionKind kind) {
  return config.domain.sessions.at(static_cast<std::size_t>(kind) - 1);
}
domain::SessionSettings& grants(Config& config) {
  return session(config, domain::SessionKind::OAuth);
}
domain::SessionSettings& browsers(Config& config) {
  return session(config, domain::SessionKind::Browser);
}

bool is_segment(std::string_view text) {
  return !text.empty() && text != "." && text != ".." &&
         std::all_of(text.begin(), text.end(), domain::is_unreserved);
}

bool is_page_address(std::string_view text) {
  return !text.empty() && is_sign_in_url(text);
}

void add_server(KeyTable& t) {
  t.boolean("oauth.enabled", true, [](Config& c, const Value& v) {
    c.handlers.oauth.enabled = flag(v);
    c.domain.oauth.enabled = flag(v);
  });
  t.words("oauth.issuer", "", is_oauth_issuer_or_empty,
          "\"https://host/path\", lower case but for the path, no \"/\" at its end; or \"\" for "
          "server.issuer",
          [](Config& c, const Value& v) {
            c.domain.oauth.issuer = text(v).empty() ? c.domain.issuer : text(v);
            c.handlers.oauth.mount = handlers::oauth::path_of(c.domain.oauth.issuer);
          });
  t.words("oauth.title", "Postern", is_shown_line, "1 to 100 characters in one line",
          [](Config& c, const Value& v) { c.handlers.oauth.title = text(v); });
  t.words("oauth.home_page", "/", is_page_address,
          "a path on this site such as \"/\", or an http(s) address",
          [](Config& c, const Value& v) { c.handlers.oauth.home_page = text(v); });
}

void add_lifetimes(KeyTable& t) {
  t.number("oauth.code_seconds", 60, 10, 600,
           [](Config& c, const Value& v) { c.domain.oauth.code_lifetime = seconds(integer(v)); });
  t.number("oauth.request_seconds", 3600, 60, 86400, [](Config& c, const Value& v) {
    c.domain.oauth.request_lifetime = seconds(integer(v));
  });
  t.number("oauth.pushed_seconds", 90, 5, 600,
           [](Config& c, const Value& v) { c.domain.oauth.pushed_lifetime = seconds(integer(v)); });
  t.number("oauth.device_seconds", 600, 60, 3600,
           [](Config& c, const Value& v) { c.domain.oauth.device_lifetime = seconds(integer(v)); });
  t.number("oauth.device_interval_seconds", 5, 1, 60,
           [](Config& c, const Value& v) { c.domain.oauth.device_interval = seconds(integer(v)); });
  t.number("oauth.dpop_window_seconds", 60, 5, 300,
           [](Config& c, const Value& v) { c.domain.oauth.dpop_window = seconds(integer(v)); });
}

void add_clients(KeyTable& t) {
  t.boolean("oauth.registration", true,
            [](Config& c, const Value& v) { c.domain.oauth.registration = flag(v); });
  t.number("oauth.registrations_per_network_per_hour", 60, 1, 100000,
           [](Config& c, const Value& v) {
             c.domain.oauth.registrations_per_network_per_hour = count(v);
           });
  t.number("oauth.equal_registrations", 20, 1, 1000,
           [](Config& c, const Value& v) { c.domain.oauth.equal_registrations = count(v); });
  t.number("oauth.most_unused_clients", 10000, 10, 1000000,
           [](Config& c, const Value& v) { c.domain.oauth.most_unused_clients = count(v); });
  t.number("oauth.unused_client_days", 7, 1, 365,
           [](Config& c, const Value& v) { c.domain.oauth.unused_client = days(integer(v)); });
  t.number("oauth.idle_client_days", 90, 1, 3650,
           [](Config& c, const Value& v) { c.domain.oauth.idle_client = days(integer(v)); });
  t.boolean("oauth.client_documents", true,
            [](Config& c, const Value& v) { c.domain.oauth.client_documents = flag(v); });
  t.words("oauth.fetch_networks", "", is_networks,
          "networks such as \"10.0.0.0/8\" or \"fd00::/8\", one space between; or \"\" for none",
          [](Config& c, const Value& v) { c.domain.oauth.fetch_networks = words_of(text(v)); });
  t.words("oauth.fetch_ca_file", "", is_absolute_path_or_empty,
          "an absolute path, or \"\" for the system's",
          [](Config& c, const Value& v) { c.domain.oauth.fetch_ca_file = text(v); });
}

void add_sessions(KeyTable& t) {
  t.number("session.oauth.access_seconds", 900, 1, 86400,
           [](Config& c, const Value& v) { grants(c).access_lifetime = seconds(integer(v)); });
  t.number("session.oauth.idle_seconds", 2592000, 1, 31536000,
           [](Config& c, const Value& v) { grants(c).idle_lifetime = seconds(integer(v)); });
  t.number("session.oauth.absolute_seconds", 31536000, 1, 157680000,
           [](Config& c, const Value& v) { grants(c).absolute_lifetime = seconds(integer(v)); });
  t.number("session.oauth.refresh_leeway_seconds", 30, 0, 300,
           [](Config& c, const Value& v) { grants(c).refresh_leeway = seconds(integer(v)); });
  t.number("session.browser.idle_seconds", 86400, 60, 31536000,
           [](Config& c, const Value& v) { browsers(c).idle_lifetime = seconds(integer(v)); });
  t.number("session.browser.absolute_seconds", 1209600, 60, 31536000,
           [](Config& c, const Value& v) { browsers(c).absolute_lifetime = seconds(integer(v)); });
}

void add_signing(KeyTable& t) {
  t.number("signing.rotate_every_days", 30, 1, 365,
           [](Config& c, const Value& v) { c.domain.signing.rotate_every = days(integer(v)); });
  t.number("signing.publish_ahead_seconds", 3600, 600, 2592000,
           [](Config& c, const Value& v) { c.domain.signing.publish_ahead = seconds(integer(v)); });
  t.number("signing.jwks_max_age_seconds", 300, 10, 86400,
           [](Config& c, const Value& v) { c.domain.signing.jwks_max_age = seconds(integer(v)); });
}

}  // namespace

bool is_plain_path(std::string_view text) {
  if (!text.starts_with('/') || text.size() > kLongestPath) return false;
  for (text.remove_prefix(1);;) {
    const auto slash = text.find('/');
    if (!is_segment(text.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    text.remove_prefix(slash + 1);
  }
}

bool is_oauth_issuer_or_empty(std::string_view text) {
  if (text.empty()) return true;
  const auto origin = handlers::oauth::origin_of(text);
  const auto path = text.substr(origin.size());
  return is_issuer(origin) && (path.empty() || is_plain_path(path));
}

bool is_networks(std::string_view text) {
  if (text.empty()) return true;
  if (text.back() == ' ') return false;
  const auto words = words_of(text);
  return words.size() <= kMostNetworks &&
         std::all_of(words.begin(), words.end(),
                     [](const auto& word) { return domain::Network::parse(word).has_value(); });
}

void add_oauth_keys(KeyTable& t) {
  add_server(t);
  add_lifetimes(t);
  add_clients(t);
  add_sessions(t);
  add_signing(t);
}

}  // namespace postern::cli
