#include "handlers/oauth/visitor.hpp"

#include <algorithm>
#include <array>

#include "domain/ring_hashes.hpp"
#include "handlers/oauth/endpoints.hpp"
#include "handlers/same_origin.hpp"
#include "handlers/session_cookie.hpp"
#include "handlers/sso/digest.hpp"

namespace postern::handlers::oauth {
namespace {

bool is_https(const Services& services) {
  return services.domain.settings.oauth.issuer.starts_with("https:");
}

std::string cookie_name(const Services& services, std::string_view name) {
  return std::string(is_https(services) ? "__Host-" : "").append(name);
}

std::string session_cookie(const Services& services) {
  return std::string(session_cookie_name(services.domain.settings.oauth.issuer));
}
std::string form_cookie(const Services& services) {
  return cookie_name(services, "postern_form");
}

/// Until the browser is closed, or its session's end, whichever comes first.
void set_cookie(Response& response, const Services& services, const std::string& name,
                std::string_view value, std::string_view more = "") {
  std::string cookie = name + "=";
  cookie.append(value).append("; Path=/; HttpOnly; SameSite=Lax").append(more);
  if (is_https(services)) cookie += "; Secure";
  response.add("Set-Cookie", cookie);
}

/// Every part with its length before it, so that no two uses read the same.
std::string bound_text(const Visitor& visitor, const FormUse& use) {
  std::string text;
  for (const auto* part : {&use.form, &visitor.browser, &use.account, &use.subject}) {
    text.append(std::to_string(part->size())).append(":").append(*part);
  }
  return text;
}

/// Our pages send no referrer, so that browsers which do not say Sec-Fetch-Site send `Origin:
/// null` from them as from anywhere: the token alone decides there.
bool says_nothing(const Request& request) {
  return request.header("origin") == "null" && !request.header("sec-fetch-site");
}

bool is_from_our_page(const Request& request, const Services& services) {
  const std::array origins{std::string(origin_of(services.domain.settings.oauth.issuer))};
  return says_nothing(request) || is_same_origin(request, origins);
}

}  // namespace

std::string Visitor::account() const {
  return session ? session->account.id.text() : std::string();
}

Visitor find_visitor(const Call& call, Services& services) {
  Visitor visitor;
  if (const auto held = call.request.cookie(session_cookie(services))) {
    auto session = domain::find_browser_session(services.domain, *held);
    if (session) visitor.session = *std::move(session);
  }
  const auto browser = call.request.cookie(form_cookie(services));
  if (browser && sso::is_random_text(*browser)) {
    visitor.browser = *browser;
    visitor.is_new_browser = false;
  } else {
    visitor.browser = sso::random_text(services.domain.random);
  }
  return visitor;
}

Response with_browser(Response response, const Services& services, const Visitor& visitor) {
  if (visitor.is_new_browser) {
    set_cookie(response, services, form_cookie(services), visitor.browser);
  }
  return response;
}

void set_session_cookie(Response& response, const Services& services, domain::SessionId session) {
  set_cookie(response, services, session_cookie(services),
             domain::browser_cookie(services.domain.ring, session).reveal());
}

void clear_session_cookie(Response& response, const Services& services) {
  set_cookie(response, services, session_cookie(services), "", "; Max-Age=0");
}

std::string form_token(const Services& services, const Visitor& visitor, const FormUse& use) {
  const auto text = bound_text(visitor, use);
  const auto& ring = services.domain.ring;
  return domain::hex_encode(
      ring.mac(domain::KeyPurpose::FormToken, ring.current_id(), domain::as_bytes(text)));
}

bool is_own_form(const Call& call, const Services& services, const Visitor& visitor,
                 const FormUse& use, std::string_view token) {
  if (visitor.is_new_browser || !is_from_our_page(call.request, services)) return false;
  const auto good = domain::ring_hashes(services.domain.ring, domain::KeyPurpose::FormToken,
                                        bound_text(visitor, use));
  return std::any_of(good.begin(), good.end(),
                     [&](const std::string& each) { return domain::Secret(each).equals(token); });
}

}  // namespace postern::handlers::oauth
