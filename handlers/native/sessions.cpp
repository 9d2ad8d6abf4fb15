#include "domain/session.hpp"
#include "handlers/native/handlers.hpp"
#include "handlers/native/problem.hpp"
#include "handlers/native/query_reader.hpp"
#include "handlers/native/views.hpp"

namespace postern::handlers::native {

namespace {

Response end_one(const Call& call, Services& services, domain::SessionId session,
                 domain::AuditEvent event) {
  const auto& owner = call.principal->account.id;
  const auto ended =
      domain::end_session(services.domain, owner, session, event, owner, call.origin());
  return ended ? no_content() : refuse(call.request, ended.error());
}

Response end_all(const Call& call, Services& services,
                 const std::optional<domain::SessionId>& keep) {
  const auto& owner = call.principal->account.id;
  const auto ended = domain::end_sessions(services.domain, owner, keep, owner, call.origin());
  return ended ? no_content() : refuse(call.request, ended.error());
}

}  // namespace

Response log_out(const Call& call, Services& services) {
  QueryReader query(call.request);
  const bool all = query.flag("all");
  if (auto refusal = query.refusal()) return *std::move(refusal);
  if (all) return end_all(call, services, std::nullopt);
  auto response = end_one(call, services, *call.principal->session, domain::AuditEvent::LoggedOut);
  // Somebody ended it since the guard looked: what was asked for holds.
  return response.status() == 404 ? no_content() : response;
}

Response list_my_sessions(const Call& call, Services& services) {
  QueryReader query(call.request);
  const auto wanted = query.page();
  if (auto refusal = query.refusal()) return *std::move(refusal);
  const auto page = domain::list_sessions(services.domain, call.principal->account.id, wanted);
  if (!page) return refuse(call.request, page.error());
  return list_response(*page, [&](const domain::Session& session) {
    return view(session, call.principal->session);
  });
}

Response end_my_session(const Call& call, Services& services) {
  const auto id = path_id<domain::SessionId>(call);
  if (!id) return not_found(call.request);
  return end_one(call, services, *id, domain::AuditEvent::SessionRevoked);
}

Response end_other_sessions(const Call& call, Services& services) {
  return end_all(call, services, call.principal->session);
}

}  // namespace postern::handlers::native
