#include "domain/api_key_list_style.hpp"
#include "handlers/openskip/handlers.hpp"
#include "handlers/openskip/key_level.hpp"
#include "handlers/openskip/objects.hpp"
#include "handlers/openskip/reader.hpp"

namespace postern::handlers::openskip {
namespace {

using domain::Errc;

constexpr Length kName{1, 100};
/// A list tells the newest thousand of an account's keys (rule R9).
constexpr std::int64_t kMostListed = 1000;
constexpr std::uint32_t kPartSize = 100;

Response issue_refusal(const domain::Error& error) {
  // Nothing to wait for: only revoking one makes room.
  if (error.code == Errc::TooManyAttempts) return detail(400, "Too many API keys");
  return refusal(error);
}

}  // namespace

Response create_api_key(const Call& call, Services& services) {
  const auto body = read_json_body(call.request);
  if (body.refusal) return *body.refusal;
  Fields fields(body.data);
  domain::NewKey wanted;
  wanted.name = fields.text("name", kName);
  wanted.permissions = permissions_of(fields.word("permissions", kKeyLevels));
  wanted.dialect = kDialect;
  if (const auto refusal = fields.refusal()) return *refusal;
  const auto owner = call.principal->account.id;
  const auto issued = domain::issue_key(services.domain, owner, wanted, owner, call.origin());
  if (!issued) return issue_refusal(issued.error());
  return ok(key_object(issued->key, services.domain.clock.now(), issued->text), 201);
}

/// Those that ended stay in it, not active, as long as they are remembered.
Response list_api_keys(const Call& call, Services& services) {
  const domain::KeyStyleFilter all{std::string(kDialect), {}, false, true};
  const auto now = services.domain.clock.now();
  std::vector<std::string> objects;
  std::int64_t total = 0;
  for (std::int64_t offset = 0; offset < kMostListed; offset += kPartSize) {
    const auto part = domain::list_keys_of_style(services.domain, call.principal->account.id, all,
                                                 {offset, kPartSize});
    if (!part) return refusal(part.error());
    for (const auto& key : part->keys) objects.push_back(key_object(key, now));
    total = part->total;
    if (part->keys.size() < kPartSize) break;
  }
  return ok_items(objects, total);
}

/// Another user's key, one of another style, and one that ended: the same answer as for none.
Response delete_api_key(const Call& call, Services& services) {
  const auto number = path_number(call, "key_id");
  if (!number) return number_refusal("key_id");
  const auto owner = call.principal->account.id;
  const auto key = domain::find_key_by_number(services.domain, *number);
  const bool own = key && key->account == owner && key->dialect == kDialect;
  const auto revoked =
      own ? domain::revoke_account_key(services.domain, owner, key->id, owner, call.origin())
          : domain::Outcome(Errc::NotFound);
  if (revoked) return Response(204);
  if (revoked.error().code == Errc::NotFound) return detail(404, "API key not found");
  return refusal(revoked.error());
}

}  // namespace postern::handlers::openskip
