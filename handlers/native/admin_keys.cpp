#include "domain/api_key.hpp"
#include "handlers/native/handlers.hpp"
#include "handlers/native/problem.hpp"
#include "handlers/native/query_reader.hpp"
#include "handlers/native/views.hpp"

namespace postern::handlers::native {

Response make_personal_key_of(const Call& call, Services& services) {
  const auto id = path_id<domain::AccountId>(call);
  if (!id) return not_found(call.request);
  const auto issued = domain::generate_personal_key(services.domain, *id,
                                                    call.principal->account.id, call.origin());
  if (!issued) return refuse(call.request, issued.error());
  return json_response(201, view(*issued, services.domain.clock.now()));
}

Response drop_personal_key_of(const Call& call, Services& services) {
  const auto id = path_id<domain::AccountId>(call);
  if (!id) return not_found(call.request);
  const auto revoked =
      domain::revoke_personal_key(services.domain, *id, call.principal->account.id, call.origin());
  return revoked ? no_content() : refuse(call.request, revoked.error());
}

Response list_all_keys(const Call& call, Services& services) {
  QueryReader query(call.request);
  const auto wanted = query.page();
  if (auto refusal = query.refusal()) return *std::move(refusal);
  const auto page = domain::list_keys(services.domain, std::nullopt, wanted);
  if (!page) return refuse(call.request, page.error());
  const auto now = services.domain.clock.now();
  return list_response(*page, [&](const domain::ApiKey& key) { return view_with_owner(key, now); });
}

Response revoke_any_key(const Call& call, Services& services) {
  const auto id = path_id<domain::KeyId>(call);
  if (!id) return not_found(call.request);
  const auto key = domain::find_key(services.domain, *id);
  if (!key) return refuse(call.request, key.error());
  const auto revoked = domain::revoke_account_key(services.domain, key->account, *id,
                                                  call.principal->account.id, call.origin());
  return revoked ? no_content() : refuse(call.request, revoked.error());
}

}  // namespace postern::handlers::native
