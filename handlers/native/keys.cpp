#include "domain/api_key.hpp"
#include "handlers/native/body_reader.hpp"
#include "handlers/native/handlers.hpp"
#include "handlers/native/query_reader.hpp"
#include "handlers/native/views.hpp"

namespace postern::handlers::native {
namespace {

constexpr auto kNullSaysNone = BodyReader::Null::SaysNone;
constexpr std::int64_t kMaxLifetimeDays = 3650;
constexpr std::int64_t kMaxGraceSeconds = 7 * 24 * 3600;
constexpr std::int64_t kMaxRequestsPerMinute = 100'000;

domain::KeyRestrictions read_restrictions(BodyReader& body) {
  domain::KeyRestrictions restrictions;
  body.optional_object(
      "restrictions",
      [&](BodyReader& object) {
        using Texts = std::vector<std::string>;
        restrictions.cidrs = object.optional_texts("cidrs", kNullSaysNone).value_or(Texts());
        restrictions.paths = object.optional_texts("paths", kNullSaysNone).value_or(Texts());
        const auto rate =
            object.optional_integer("requests_per_minute", 1, kMaxRequestsPerMinute, kNullSaysNone);
        if (rate) restrictions.requests_per_minute = static_cast<std::uint32_t>(*rate);
      },
      kNullSaysNone);
  return restrictions;
}

domain::NewKey read_wish(BodyReader& body) {
  domain::NewKey wanted;
  wanted.name = body.text("name");
  wanted.permissions = body.optional_texts("permissions", kNullSaysNone);
  if (const auto days =
          body.optional_integer("expires_in_days", 1, kMaxLifetimeDays, kNullSaysNone)) {
    wanted.lifetime = std::chrono::days(*days);
  }
  wanted.dialect = body.optional_text("dialect").value_or(wanted.dialect);
  wanted.type = body.optional_text("type").value_or(wanted.type);
  wanted.restrictions = read_restrictions(body);
  return wanted;
}

Response issued_response(const Call& call, Services& services,
                         const domain::Result<domain::IssuedKey>& issued) {
  if (issued) return json_response(201, view(*issued, services.domain.clock.now()));
  // The domain counts live keys as it counts attempts; here it is a state of the account.
  if (issued.error().code == domain::Errc::TooManyAttempts) return refuse(call.request, kKeyLimit);
  return refuse(call.request, issued.error());
}

}  // namespace

Response list_my_keys(const Call& call, Services& services) {
  QueryReader query(call.request);
  const auto wanted = query.page();
  if (auto refusal = query.refusal()) return *std::move(refusal);
  const auto page = domain::list_keys(services.domain, call.principal->account.id, wanted);
  if (!page) return refuse(call.request, page.error());
  const auto now = services.domain.clock.now();
  return list_response(*page, [&](const domain::ApiKey& key) { return view(key, now); });
}

Response create_key(const Call& call, Services& services) {
  BodyReader body(call.request);
  const auto wanted = read_wish(body);
  if (auto refusal = body.refusal()) return *std::move(refusal);

  const auto& owner = call.principal->account.id;
  return issued_response(call, services,
                         domain::issue_key(services.domain, owner, wanted, owner, call.origin()));
}

Response rotate_my_key(const Call& call, Services& services) {
  BodyReader body(call.request, BodyReader::Forms::Refused, BodyReader::Presence::Optional);
  const auto grace = body.optional_integer("grace_seconds", 0, kMaxGraceSeconds).value_or(0);
  if (auto refusal = body.refusal()) return *std::move(refusal);
  const auto id = path_id<domain::KeyId>(call);
  if (!id) return not_found(call.request);
  return issued_response(call, services,
                         domain::rotate_key(services.domain, call.principal->account.id, *id,
                                            std::chrono::seconds(grace), call.origin()));
}

Response revoke_my_key(const Call& call, Services& services) {
  const auto id = path_id<domain::KeyId>(call);
  if (!id) return not_found(call.request);
  const auto& owner = call.principal->account.id;
  const auto revoked =
      domain::revoke_account_key(services.domain, owner, *id, owner, call.origin());
  return revoked ? no_content() : refuse(call.request, revoked.error());
}

Response make_personal_key(const Call& call, Services& services) {
  const auto& owner = call.principal->account.id;
  return issued_response(
      call, services, domain::generate_personal_key(services.domain, owner, owner, call.origin()));
}

Response drop_personal_key(const Call& call, Services& services) {
  const auto& owner = call.principal->account.id;
  const auto revoked = domain::revoke_personal_key(services.domain, owner, owner, call.origin());
  return revoked ? no_content() : refuse(call.request, revoked.error());
}

}  // namespace postern::handlers::native
