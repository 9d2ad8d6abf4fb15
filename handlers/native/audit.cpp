#include "domain/audit.hpp"

#include "handlers/native/handlers.hpp"
#include "handlers/native/query_reader.hpp"
#include "handlers/native/views.hpp"

namespace postern::handlers::native {

Response list_events(const Call& call, Services& services) {
  QueryReader query(call.request);
  domain::AuditFilter filter;
  filter.account = query.id<domain::AccountId>("account");
  filter.event = query.text("event");
  const auto wanted = query.page();
  if (auto refusal = query.refusal()) return *std::move(refusal);
  const auto page = domain::list_audit(services.domain, filter, wanted);
  if (!page) return refuse(call.request, page.error());
  return list_response(*page, [](const domain::AuditRecord& record) { return view(record); });
}

}  // namespace postern::handlers::native
