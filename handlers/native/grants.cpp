#include "domain/oauth_consent.hpp"
#include "handlers/native/client_views.hpp"
#include "handlers/native/handlers.hpp"
#include "handlers/native/query_reader.hpp"
#include "handlers/native/views.hpp"

namespace postern::handlers::native {

Response list_my_grants(const Call& call, Services& services) {
  QueryReader query(call.request);
  const auto wanted = query.page();
  if (auto refusal = query.refusal()) return *std::move(refusal);
  const auto page = domain::list_consents(services.domain, call.principal->account.id, wanted);
  if (!page) return refuse(call.request, page.error());
  return list_response(*page, [](const domain::Consent& consent) { return view(consent); });
}

Response withdraw_my_grant(const Call& call, Services& services) {
  const auto id = path_id<domain::ConsentId>(call);
  if (!id) return not_found(call.request);
  const domain::AccountId self = call.principal->account.id;
  const auto withdrawn = domain::withdraw_consent(services.domain, self, *id, self, call.origin());
  return withdrawn ? no_content() : refuse(call.request, withdrawn.error());
}

}  // namespace postern::handlers::native
