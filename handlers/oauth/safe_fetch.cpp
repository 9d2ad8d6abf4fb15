#include "handlers/oauth/safe_fetch.hpp"

#include <algorithm>
#include <charconv>

#include "domain/network.hpp"
#include "domain/text.hpp"
#include "fcgi/trim.hpp"
#include "handlers/oauth/public_address.hpp"
#include "handlers/sso/address.hpp"
#include "handlers/sso/http_client.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;
using std::chrono::seconds;

constexpr std::size_t kLongestBody = std::size_t{10} * 1024;
constexpr sso::HttpClient::Limits kFetch{kLongestBody, seconds(2), seconds(3)};
constexpr sso::HttpClient::Limits kPost{kLongestBody, seconds(3), seconds(5)};
constexpr seconds kTryAgain{30};
constexpr seconds kLongestAge{std::chrono::hours(24 * 365)};

/// RFC 9111 section 1.2.2: more than fits is very long; none for what is no number.
std::optional<seconds> delta_seconds(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  long long value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || value < 0) return std::nullopt;
  if (fault == std::errc::result_out_of_range) return kLongestAge;
  if (fault != std::errc{}) return std::nullopt;
  return std::min(seconds(value), kLongestAge);
}

/// How long Cache-Control (RFC 9111 section 5.2.2) lets it be kept.
std::optional<seconds> age_allowed(std::string_view field) {
  std::optional<seconds> age;
  while (!field.empty()) {
    const auto comma = field.find(',');
    const auto directive = fcgi::trimmed(field.substr(0, comma));
    const auto equals = directive.find('=');
    const auto name = domain::fold(directive.substr(0, equals));
    if (name == "no-store" || name == "no-cache") return seconds(0);
    if (name == "max-age" && equals != std::string_view::npos && !age) {
      age = delta_seconds(directive.substr(equals + 1));
    }
    field = comma == std::string_view::npos ? std::string_view() : field.substr(comma + 1);
  }
  return age;
}

domain::Result<Fetched> ask(const domain::OAuthSettings& settings, const std::string& url,
                            std::optional<domain::Secret> form) {
  const auto address = sso::parse_address(url);
  if (!address || address->scheme != "https") {
    return domain::Error{Errc::ProviderUnavailable, {}, {}, kTryAgain, "not an https address"};
  }
  // One client a call: nothing of one stranger's connection is left for the next.
  sso::HttpClient client(form ? kPost : kFetch);
  const auto answer = client.ask(
      {.url = url,
       .form = std::move(form),
       .authorization = {},
       .ca_file = settings.fetch_ca_file,
       .may_connect = [&](const std::string& host) { return is_fetchable(settings, host); }});
  if (!answer) return answer.error();
  const std::string_view type = answer->content_type;
  return Fetched{.status = answer->status,
                 .media_type = domain::fold(fcgi::trimmed(type.substr(0, type.find(';')))),
                 .body = answer->body,
                 .max_age = age_allowed(answer->cache_control)};
}

}  // namespace

bool is_fetchable(const domain::OAuthSettings& settings, const std::string& address) {
  return is_public_address(address) ||
         std::any_of(settings.fetch_networks.begin(), settings.fetch_networks.end(),
                     [&](const std::string& text) {
                       const auto network = domain::Network::parse(text);
                       return network && network->contains(address);
                     });
}

domain::Result<Fetched> safe_fetch(const domain::OAuthSettings& settings, const std::string& url) {
  return ask(settings, url, std::nullopt);
}

domain::Result<Fetched> safe_post(const domain::OAuthSettings& settings, const std::string& url,
                                  const domain::Secret& form) {
  return ask(settings, url, form);
}

}  // namespace postern::handlers::oauth
