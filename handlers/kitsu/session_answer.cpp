#include "handlers/kitsu/session_answer.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "handlers/kitsu/credential.hpp"

namespace postern::handlers::kitsu {
namespace {

constexpr std::string_view kRefreshRoute = "/auth/refresh-token";

/// Products that are browsers of the list.
constexpr std::array<std::string_view, 5> kEverywhere{"Chrome", "CriOS", "Safari", "Brave",
                                                      "Vivaldi"};
/// Those whose mobile siblings are others.
constexpr std::array<std::string_view, 5> kOnDesktops{"Firefox", "Edg", "Edge", "OPR", "Opera"};
/// What these name besides. A product that is not known here is a browser of its own, or none.
constexpr std::array<std::string_view, 6> kBesides{"Mozilla", "AppleWebKit", "Gecko",
                                                   "Version", "Mobile",      "Presto"};

template <std::size_t size>
bool is_one_of(const std::array<std::string_view, size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// A User-Agent, taken apart (RFC 9110 section 10.1.5): names of products, and all comments.
struct Agent {
  std::vector<std::string_view> products;
  std::string comments;
};

Agent read_agent(std::string_view text) {
  Agent agent;
  while (!text.empty()) {
    if (text.front() == '(') {
      const auto end = std::min(text.find(')'), text.size() - 1);
      agent.comments += text.substr(1, end);
      text.remove_prefix(end + 1);
      continue;
    }
    const auto word = text.substr(0, text.find(' '));
    if (!word.empty()) agent.products.push_back(word.substr(0, word.find('/')));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return agent;
}

bool has(const Agent& agent, std::string_view product) {
  return std::find(agent.products.begin(), agent.products.end(), product) != agent.products.end();
}

bool is_mobile(const Agent& agent) {
  return has(agent, "Mobile") || agent.comments.find("Android") != std::string::npos ||
         agent.comments.find("Mobile") != std::string::npos;
}

bool is_https(const Services& services) {
  return services.domain.settings.issuer.starts_with("https:");
}

/// Where this client reaches the refresh route: the browser shows the cookie there alone.
std::string refresh_path(const Request& request) {
  const bool prefixed = request.uri && request.uri->path.starts_with("/api/");
  return (prefixed ? "/api" : "") + std::string(kRefreshRoute);
}

struct Cookie {
  std::string_view name;
  std::string value;
  std::string lifetime;  ///< an attribute
  std::string path;
};

void add(Response& response, const Services& services, const Cookie& cookie) {
  std::string line(cookie.name);
  line.append("=").append(cookie.value).append("; ").append(cookie.lifetime);
  if (is_https(services)) line += "; Secure";
  line.append("; HttpOnly; Path=").append(cookie.path).append("; SameSite=Lax");
  response.add("Set-Cookie", line);
}

constexpr const char* kLong = "Max-Age=31540000";
constexpr const char* kGone = "Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0";

}  // namespace

bool is_browser(const Request& request) {
  const auto agent = read_agent(request.header("user-agent").value_or(""));
  const bool is_embedded = agent.comments.find("; wv") != std::string::npos;
  const bool is_other = agent.comments.find("compatible") != std::string::npos;
  if (is_embedded || is_other) return false;
  bool found = false;
  bool on_desktop = false;
  for (const auto product : agent.products) {
    const bool everywhere = is_one_of(kEverywhere, product);
    const bool desktop = is_one_of(kOnDesktops, product);
    if (!everywhere && !desktop && !is_one_of(kBesides, product)) return false;
    found = found || everywhere || desktop;
    on_desktop = on_desktop || desktop;
  }
  return found && !(on_desktop && is_mobile(agent));
}

bool gets_cookies(const Request& request, const Services& services) {
  return services.settings.kitsu.browser_cookies && is_browser(request);
}

void set_access_cookie(Response& response, const Services& services, const domain::Tokens& tokens) {
  add(response, services, {kAccessCookie, std::string(tokens.access.reveal()), kLong, "/"});
}

void set_token_cookies(Response& response, const Request& request, const Services& services,
                       const domain::Tokens& tokens) {
  set_access_cookie(response, services, tokens);
  add(response, services,
      {kRefreshCookie, std::string(tokens.refresh.reveal()), kLong, refresh_path(request)});
}

void clear_access_cookie(Response& response, const Services& services) {
  add(response, services, {kAccessCookie, "", kGone, "/"});
}

void clear_refresh_cookie(Response& response, const Request& request, const Services& services) {
  add(response, services, {kRefreshCookie, "", kGone, refresh_path(request)});
}

}  // namespace postern::handlers::kitsu
