#include "domain/invite.hpp"
#include "handlers/openskip/handlers.hpp"
#include "handlers/openskip/objects.hpp"
#include "handlers/openskip/reader.hpp"

namespace postern::handlers::openskip {
namespace {

/// What the document calls everybody who registers.
constexpr std::string_view kDefaultRole = "contributor";
constexpr std::int64_t kMostUses = 10000;
constexpr std::int64_t kMostDays = 365;
/// A list tells the newest thousand (rule R9).
constexpr int kMostPages = 10;
constexpr std::uint32_t kPageSize = 100;

}  // namespace

Response create_invite(const Call& call, Services& services) {
  const auto body = read_json_body(call.request, Presence::Optional);
  if (body.refusal) return *body.refusal;
  Fields fields(body.data);
  domain::NewInvite wanted;
  wanted.role = fields.optional_text("role").value_or(std::string(kDefaultRole));
  wanted.max_uses = fields.optional_integer("max_uses", 1, kMostUses).value_or(wanted.max_uses);
  const auto days = fields.optional_integer("expires_in_days", 1, kMostDays);
  if (days) wanted.lifetime = std::chrono::days(*days);
  wanted.email = fields.optional_text("email");
  if (const auto refusal = fields.refusal()) return *refusal;
  const auto issued =
      domain::create_invite(services.domain, wanted, call.principal->account.id, call.origin());
  if (!issued) return refusal(issued.error());
  return ok(invite_object(issued->invite, services.domain.clock.now(), issued->code), 201);
}

Response list_invites(const Call& /*call*/, Services& services) {
  const auto now = services.domain.clock.now();
  std::vector<std::string> objects;
  domain::PageRequest page{kPageSize, std::nullopt};
  for (int i = 0; i < kMostPages; ++i) {
    const auto invites = domain::list_invites(services.domain, page);
    if (!invites) return refusal(invites.error());
    for (const auto& invite : invites->items) objects.push_back(invite_object(invite, now));
    if (!invites->next_cursor) break;
    page.after = invites->next_cursor;
  }
  return ok_items(objects, static_cast<std::int64_t>(objects.size()));
}

Response delete_invite(const Call& call, Services& services) {
  const auto id = domain::InviteId::parse(call.path.at("invite_id"));
  if (!id) {
    return unprocessable({{"path", "invite_id", "Input should be a valid UUID", "uuid_parsing"}});
  }
  const auto revoked =
      domain::revoke_invite(services.domain, *id, call.principal->account.id, call.origin());
  if (revoked) return Response(204);
  if (revoked.error().code == domain::Errc::NotFound) return detail(404, "Invite not found");
  return refusal(revoked.error());
}

}  // namespace postern::handlers::openskip
