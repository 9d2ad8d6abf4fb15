#include "domain/invite.hpp"
#include "handlers/native/body_reader.hpp"
#include "handlers/native/handlers.hpp"
#include "handlers/native/query_reader.hpp"
#include "handlers/native/views.hpp"

namespace postern::handlers::native {
namespace {

constexpr std::int64_t kMostUses = 10'000;
constexpr std::int64_t kMostDays = 365;

}  // namespace

Response list_all_invites(const Call& call, Services& services) {
  QueryReader query(call.request);
  const auto wanted = query.page();
  if (auto refusal = query.refusal()) return *std::move(refusal);
  const auto page = domain::list_invites(services.domain, wanted);
  if (!page) return refuse(call.request, page.error());
  const auto now = services.domain.clock.now();
  return list_response(*page, [&](const domain::Invite& invite) { return view(invite, now); });
}

Response create_invite(const Call& call, Services& services) {
  BodyReader body(call.request);
  domain::NewInvite wanted;
  wanted.role = body.optional_text("role").value_or(wanted.role);
  wanted.max_uses = body.optional_integer("max_uses", 1, kMostUses).value_or(wanted.max_uses);
  if (const auto days = body.optional_integer("expires_in_days", 1, kMostDays))
    wanted.lifetime = std::chrono::days(*days);
  wanted.email = body.optional_text("email", BodyReader::Null::SaysNone);
  if (auto refusal = body.refusal()) return *std::move(refusal);

  const auto issued =
      domain::create_invite(services.domain, wanted, call.principal->account.id, call.origin());
  if (!issued) return refuse(call.request, issued.error());
  return json_response(201, view(*issued, services.domain.clock.now()));
}

Response revoke_any_invite(const Call& call, Services& services) {
  const auto id = path_id<domain::InviteId>(call);
  if (!id) return not_found(call.request);
  const auto revoked =
      domain::revoke_invite(services.domain, *id, call.principal->account.id, call.origin());
  return revoked ? no_content() : refuse(call.request, revoked.error());
}

}  // namespace postern::handlers::native
