#include "domain/account.hpp"
#include "domain/session.hpp"
#include "handlers/native/body_reader.hpp"
#include "handlers/native/handlers.hpp"
#include "handlers/native/query_reader.hpp"
#include "handlers/native/views.hpp"

namespace postern::handlers::native {
namespace {

std::optional<domain::AccountStatus> status_named(std::string_view name) {
  if (name == "pending") return domain::AccountStatus::Pending;
  if (name == "active") return domain::AccountStatus::Active;
  if (name == "disabled") return domain::AccountStatus::Disabled;
  return std::nullopt;
}

Response account_response(const Call& call, int status,
                          const domain::Result<domain::Account>& account) {
  if (!account) return refuse(call.request, account.error());
  return json_response(status, view(*account));
}

Response update(const Call& call, Services& services, const domain::AccountChange& change) {
  const auto id = path_id<domain::AccountId>(call);
  if (!id) return not_found(call.request);
  return account_response(call, 200,
                          domain::update_account(services.domain, *id, change,
                                                 call.principal->account.id, call.origin()));
}

}  // namespace

Response list_all_accounts(const Call& call, Services& services) {
  QueryReader query(call.request);
  domain::AccountFilter filter;
  if (const auto status = query.text("status")) {
    filter.status = status_named(*status);
    if (!filter.status) query.fault("status", "unknown");
  }
  filter.query = query.text("q");
  const auto wanted = query.page();
  if (auto refusal = query.refusal()) return *std::move(refusal);

  const auto page = domain::list_accounts(services.domain, filter, wanted);
  if (!page) return refuse(call.request, page.error());
  return list_response(*page, [](const domain::Account& account) { return view(account); });
}

Response create_any_account(const Call& call, Services& services) {
  BodyReader body(call.request);
  domain::NewAccount wanted;
  wanted.username = body.text("username");
  wanted.email = body.optional_text("email", BodyReader::Null::SaysNone);
  if (auto password = body.optional_text("password")) {
    wanted.password = domain::Secret(*std::move(password));
  }
  wanted.role = body.optional_text("role").value_or(wanted.role);
  wanted.is_active = body.optional_boolean("is_active").value_or(wanted.is_active);
  wanted.is_approved = body.optional_boolean("is_approved").value_or(wanted.is_approved);
  wanted.is_bot = body.optional_boolean("is_bot").value_or(wanted.is_bot);
  if (auto refusal = body.refusal()) return *std::move(refusal);
  // A password is a credential, and those are made by sessions only.
  if (wanted.password && !call.principal->session) return forbidden(call.request, Guard::Session);

  return account_response(
      call, 201,
      domain::create_account(services.domain, wanted, call.principal->account.id, call.origin()));
}

Response show_account(const Call& call, Services& services) {
  const auto id = path_id<domain::AccountId>(call);
  if (!id) return not_found(call.request);
  return account_response(call, 200, domain::find_account(services.domain, *id));
}

Response change_account(const Call& call, Services& services) {
  BodyReader body(call.request);
  domain::AccountChange change;
  change.role = body.optional_text("role");
  change.is_active = body.optional_boolean("is_active");
  change.is_approved = body.optional_boolean("is_approved");
  if (auto refusal = body.refusal()) return *std::move(refusal);
  return update(call, services, change);
}

Response remove_account(const Call& call, Services& services) {
  const auto id = path_id<domain::AccountId>(call);
  if (!id) return not_found(call.request);
  const auto removed =
      domain::delete_account(services.domain, *id, call.principal->account.id, call.origin());
  return removed ? no_content() : refuse(call.request, removed.error());
}

Response approve_account(const Call& call, Services& services) {
  domain::AccountChange change;
  change.is_approved = true;
  return update(call, services, change);
}

Response end_sessions_of(const Call& call, Services& services) {
  const auto id = path_id<domain::AccountId>(call);
  if (!id) return not_found(call.request);
  const auto account = domain::find_account(services.domain, *id);
  if (!account) return refuse(call.request, account.error());
  const auto ended = domain::end_sessions(services.domain, *id, std::nullopt,
                                          call.principal->account.id, call.origin());
  return ended ? no_content() : refuse(call.request, ended.error());
}

}  // namespace postern::handlers::native
