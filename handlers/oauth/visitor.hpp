#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/browser_session.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::oauth {

/// Who sits in front of a page. Two cookies, both for navigations alone (SameSite=Lax), HttpOnly
/// and, where the issuer is https, `__Host-`: that of the session (browser_session.hpp), and one of
/// 256 random bits that forms are bound to. The latter outlives signing in, so that pages which
/// stand open in other tabs go on working; it is worth nothing by itself.
struct Visitor {
  std::optional<domain::BrowserSession> session;
  std::string browser;         ///< what the cookie of forms holds
  bool is_new_browser = true;  ///< it holds nothing yet: with_browser() sets it

  /// The account's id; "" for nobody.
  [[nodiscard]] std::string account() const;
};
[[nodiscard]] Visitor find_visitor(const Call& call, Services& services);

/// A page that shows forms of this visitor's.
[[nodiscard]] Response with_browser(Response response, const Services& services,
                                    const Visitor& visitor);
void set_session_cookie(Response& response, const Services& services, domain::SessionId session);
void clear_session_cookie(Response& response, const Services& services);

/// Which form, and what it is about: a token for one is none for another.
struct FormUse {
  std::string form;     ///< sign-in, consent, device, logout
  std::string account;  ///< who is signed in; "" where that does not matter
  std::string subject;  ///< the request in it, as text
};
/// What a form carries so that nobody else can fill it in for this visitor (CSRF, oauth.md 3a.14):
/// a MAC over the cookie of forms and the use.
[[nodiscard]] std::string form_token(const Services& services, const Visitor& visitor,
                                     const FormUse& use);
/// Whether a form that came back is the one we showed to this browser, sent by our own page
/// (same_origin.hpp).
[[nodiscard]] bool is_own_form(const Call& call, const Services& services, const Visitor& visitor,
                               const FormUse& use, std::string_view token);

}  // namespace postern::handlers::oauth
