#pragma once

#include "handlers/route.hpp"

namespace postern::handlers::oauth {

// metadata.cpp, resource_metadata.cpp, keys.cpp: documents that clients find everything by
[[nodiscard]] Response show_metadata(const Call& call, Services& services);
[[nodiscard]] Response show_openid_metadata(const Call& call, Services& services);
[[nodiscard]] Response show_resource_metadata(const Call& call, Services& services);
[[nodiscard]] Response show_keys(const Call& call, Services& services);

// preflight.cpp: OPTIONS (Fetch, CORS) of whatever browser code may call
[[nodiscard]] Response answer_preflight(const Call& call, Services& services);

// register.cpp: RFC 7591, 7592
[[nodiscard]] Response register_client(const Call& call, Services& services);
[[nodiscard]] Response show_registration(const Call& call, Services& services);
[[nodiscard]] Response replace_registration(const Call& call, Services& services);
[[nodiscard]] Response delete_registration(const Call& call, Services& services);

// authorize.cpp, pushed.cpp: RFC 6749 section 4.1, RFC 9126
[[nodiscard]] Response authorize(const Call& call, Services& services);
[[nodiscard]] Response push_request(const Call& call, Services& services);

// sign_in_page.cpp, consent_page.cpp, device_page.cpp, logout_page.cpp: what people see
[[nodiscard]] Response show_sign_in(const Call& call, Services& services);
[[nodiscard]] Response sign_in(const Call& call, Services& services);
[[nodiscard]] Response sign_in_at_provider(const Call& call, Services& services);
[[nodiscard]] Response show_consent(const Call& call, Services& services);
[[nodiscard]] Response decide_consent(const Call& call, Services& services);
[[nodiscard]] Response show_device(const Call& call, Services& services);
[[nodiscard]] Response decide_device(const Call& call, Services& services);
[[nodiscard]] Response show_logout(const Call& call, Services& services);
[[nodiscard]] Response log_out(const Call& call, Services& services);
[[nodiscard]] Response show_style(const Call& call, Services& services);
[[nodiscard]] Response show_post_form(const Call& call, Services& services);
[[nodiscard]] Response show_security_key(const Call& call, Services& services);

// token.cpp, device_authorization.cpp, revoke.cpp, introspect.cpp, userinfo.cpp
[[nodiscard]] Response issue_token(const Call& call, Services& services);
[[nodiscard]] Response authorize_device(const Call& call, Services& services);
[[nodiscard]] Response revoke_token(const Call& call, Services& services);
[[nodiscard]] Response introspect_token(const Call& call, Services& services);
[[nodiscard]] Response show_userinfo(const Call& call, Services& services);

}  // namespace postern::handlers::oauth
