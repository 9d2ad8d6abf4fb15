#pragma once

#include "handlers/route.hpp"

namespace postern::handlers::kitsu {

// login.cpp, session.cpp
[[nodiscard]] Response log_in(const Call& call, Services& services);
[[nodiscard]] Response log_out(const Call& call, Services& services);
[[nodiscard]] Response show_authenticated(const Call& call, Services& services);
[[nodiscard]] Response refresh_token(const Call& call, Services& services);

// password.cpp
[[nodiscard]] Response change_password(const Call& call, Services& services);
[[nodiscard]] Response ask_for_reset(const Call& call, Services& services);
[[nodiscard]] Response reset_password(const Call& call, Services& services);

// sso.cpp
[[nodiscard]] Response refuse_saml(const Call& call, Services& services);
[[nodiscard]] Response log_in_by_oidc(const Call& call, Services& services);
[[nodiscard]] Response finish_oidc(const Call& call, Services& services);

// totp.cpp
[[nodiscard]] Response start_totp(const Call& call, Services& services);
[[nodiscard]] Response confirm_totp(const Call& call, Services& services);
[[nodiscard]] Response disable_totp(const Call& call, Services& services);

// email_otp.cpp
[[nodiscard]] Response send_email_otp(const Call& call, Services& services);
[[nodiscard]] Response start_email_otp(const Call& call, Services& services);
[[nodiscard]] Response confirm_email_otp(const Call& call, Services& services);
[[nodiscard]] Response disable_email_otp(const Call& call, Services& services);

// fido.cpp
[[nodiscard]] Response start_fido_login(const Call& call, Services& services);
[[nodiscard]] Response start_fido(const Call& call, Services& services);
[[nodiscard]] Response register_fido(const Call& call, Services& services);
[[nodiscard]] Response remove_fido(const Call& call, Services& services);

// recovery_codes.cpp
[[nodiscard]] Response renew_recovery_codes(const Call& call, Services& services);

// person_list.cpp, persons.cpp
[[nodiscard]] Response list_persons(const Call& call, Services& services);
[[nodiscard]] Response show_person(const Call& call, Services& services);
[[nodiscard]] Response create_person(const Call& call, Services& services);
[[nodiscard]] Response change_person(const Call& call, Services& services);
[[nodiscard]] Response delete_person(const Call& call, Services& services);

// actions.cpp
[[nodiscard]] Response set_person_password(const Call& call, Services& services);
[[nodiscard]] Response disable_two_factor(const Call& call, Services& services);
[[nodiscard]] Response invite_person(const Call& call, Services& services);
[[nodiscard]] Response make_reset_link(const Call& call, Services& services);

// context.cpp, product_lists.cpp
[[nodiscard]] Response show_context(const Call& call, Services& services);
[[nodiscard]] Response list_organisations(const Call& call, Services& services);
[[nodiscard]] Response empty_list(const Call& call, Services& services);

// index.cpp
[[nodiscard]] Response show_index(const Call& call, Services& services);
[[nodiscard]] Response show_status(const Call& call, Services& services);
[[nodiscard]] Response show_status_text(const Call& call, Services& services);
[[nodiscard]] Response show_config(const Call& call, Services& services);

}  // namespace postern::handlers::kitsu
