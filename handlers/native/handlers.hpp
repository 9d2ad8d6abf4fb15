#pragma once

#include "handlers/route.hpp"

namespace postern::handlers::native {

/// The endpoints, a group a file. Each is behind the guard that stands in its row of the route
/// table (routes.cpp); what it asks and answers is in openapi.json. Whose account is touched is
/// decided by the credential and, for administrators, by the path: never by a body
/// (CVE-2025-61928).

// sign_in.cpp: no credential yet.
[[nodiscard]] Response register_account(const Call& call, Services& services);
[[nodiscard]] Response log_in(const Call& call, Services& services);
[[nodiscard]] Response refresh(const Call& call, Services& services);
[[nodiscard]] Response public_keys(const Call& call, Services& services);

// account.cpp: one's own.
[[nodiscard]] Response show_me(const Call& call, Services& services);
[[nodiscard]] Response change_me(const Call& call, Services& services);
[[nodiscard]] Response change_my_password(const Call& call, Services& services);

// mail_links.cpp: letters, and the secrets that came by them.
[[nodiscard]] Response forgot_password(const Call& call, Services& services);
[[nodiscard]] Response reset_password(const Call& call, Services& services);
[[nodiscard]] Response confirm_email(const Call& call, Services& services);
[[nodiscard]] Response ask_for_confirmation(const Call& call, Services& services);

// sessions.cpp
[[nodiscard]] Response log_out(const Call& call, Services& services);
[[nodiscard]] Response list_my_sessions(const Call& call, Services& services);
[[nodiscard]] Response end_my_session(const Call& call, Services& services);
[[nodiscard]] Response end_other_sessions(const Call& call, Services& services);

// keys.cpp
[[nodiscard]] Response list_my_keys(const Call& call, Services& services);
[[nodiscard]] Response create_key(const Call& call, Services& services);
[[nodiscard]] Response rotate_my_key(const Call& call, Services& services);
[[nodiscard]] Response revoke_my_key(const Call& call, Services& services);
[[nodiscard]] Response make_personal_key(const Call& call, Services& services);
[[nodiscard]] Response drop_personal_key(const Call& call, Services& services);

// mfa.cpp
[[nodiscard]] Response show_mfa(const Call& call, Services& services);
[[nodiscard]] Response start_totp(const Call& call, Services& services);
[[nodiscard]] Response confirm_totp(const Call& call, Services& services);
[[nodiscard]] Response disable_totp(const Call& call, Services& services);
[[nodiscard]] Response renew_recovery_codes(const Call& call, Services& services);
[[nodiscard]] Response reset_mfa_of(const Call& call, Services& services);

// sso.cpp: sign-in at providers (handlers/sso/sign_in.hpp).
[[nodiscard]] Response list_providers(const Call& call, Services& services);
[[nodiscard]] Response start_sso(const Call& call, Services& services);
[[nodiscard]] Response finish_sso(const Call& call, Services& services);
[[nodiscard]] Response redeem_sso_code(const Call& call, Services& services);
[[nodiscard]] Response list_my_identities(const Call& call, Services& services);
[[nodiscard]] Response drop_my_identity(const Call& call, Services& services);

// admin_accounts.cpp
[[nodiscard]] Response list_all_accounts(const Call& call, Services& services);
[[nodiscard]] Response create_any_account(const Call& call, Services& services);
[[nodiscard]] Response show_account(const Call& call, Services& services);
[[nodiscard]] Response change_account(const Call& call, Services& services);
[[nodiscard]] Response remove_account(const Call& call, Services& services);
[[nodiscard]] Response approve_account(const Call& call, Services& services);
[[nodiscard]] Response end_sessions_of(const Call& call, Services& services);

// admin_keys.cpp
[[nodiscard]] Response make_personal_key_of(const Call& call, Services& services);
[[nodiscard]] Response drop_personal_key_of(const Call& call, Services& services);
[[nodiscard]] Response list_all_keys(const Call& call, Services& services);
[[nodiscard]] Response revoke_any_key(const Call& call, Services& services);

// admin_roles.cpp
[[nodiscard]] Response list_all_roles(const Call& call, Services& services);
[[nodiscard]] Response show_role(const Call& call, Services& services);
[[nodiscard]] Response put_role(const Call& call, Services& services);
[[nodiscard]] Response remove_role(const Call& call, Services& services);
[[nodiscard]] Response list_all_permissions(const Call& call, Services& services);

// admin_invites.cpp
[[nodiscard]] Response list_all_invites(const Call& call, Services& services);
[[nodiscard]] Response create_invite(const Call& call, Services& services);
[[nodiscard]] Response revoke_any_invite(const Call& call, Services& services);

// grants.cpp: what clients of OAuth were let do
[[nodiscard]] Response list_my_grants(const Call& call, Services& services);
[[nodiscard]] Response withdraw_my_grant(const Call& call, Services& services);

// admin_clients.cpp
[[nodiscard]] Response list_all_clients(const Call& call, Services& services);
[[nodiscard]] Response create_client(const Call& call, Services& services);
[[nodiscard]] Response show_client(const Call& call, Services& services);
[[nodiscard]] Response delete_any_client(const Call& call, Services& services);

// audit.cpp
[[nodiscard]] Response list_events(const Call& call, Services& services);

// operation.cpp
[[nodiscard]] Response show_health(const Call& call, Services& services);
[[nodiscard]] Response show_readiness(const Call& call, Services& services);
[[nodiscard]] Response show_openapi(const Call& call, Services& services);

// metrics.cpp
[[nodiscard]] Response show_metrics(const Call& call, Services& services);

}  // namespace postern::handlers::native
