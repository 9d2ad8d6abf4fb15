#include "handlers/scriptix/key_object.hpp"

#include <algorithm>
#include <vector>

#include "handlers/object_text.hpp"
#include "handlers/scriptix/errors.hpp"
#include "handlers/scriptix/reader.hpp"

namespace postern::handlers::scriptix {
namespace {

using domain::ApiKey;
using domain::Errc;
using domain::Result;

const std::vector<std::string>& token_types() {
  static const std::vector<std::string> kTypes{"batch", "realtime"};
  return kTypes;
}

}  // namespace

bool is_token_type(std::string_view type) {
  const auto& types = token_types();
  return std::find(types.begin(), types.end(), type) != types.end();
}

bool is_of(KeyClass of, const ApiKey& key) {
  return key.dialect == kDialect && is_token_type(key.type) == (of == KeyClass::Token);
}

Result<ApiKey> find_own_key(const Call& call, Services& services, KeyClass of) {
  const auto number = as_id(call.path.at("id"));
  if (!number) return Errc::NotFound;
  auto key = domain::find_key_by_number(services.domain, *number);
  if (!key) return key;
  if (key->account != call.principal->account.id || !is_of(of, *key)) return Errc::NotFound;
  return key;
}

Response list_of_keys(const Call& call, Services& services, const ListShape& shape) {
  auto query = Reader::query(call.request);
  domain::OffsetRequest part;
  part.offset = query.optional_number("offset").value_or(0);
  const auto limit = query.optional_number("limit").value_or(shape.usual_limit);
  if (limit < 1 || limit > 100) query.refuse("limit", "must be from 1 to 100");
  if (query.refusal()) return *query.refusal();
  part.limit = static_cast<std::uint32_t>(limit);

  const auto listing = domain::list_keys_of_style(
      services.domain, call.principal->account.id,
      {std::string(kDialect), token_types(), shape.of == KeyClass::Token, shape.ended}, part);
  if (!listing) return refusal(listing.error());
  const auto now = services.domain.clock.now();
  std::vector<std::string> entries;
  for (const auto& key : listing->keys) entries.push_back(shape.entry(key, now));
  return Response(200, "application/json",
                  ObjectText()
                      .number("count", static_cast<std::int64_t>(entries.size()))
                      .number("total_results", listing->total)
                      .raw("result", raw_list(entries))
                      .finish());
}

Response refuse_key(const domain::Error& error) {
  // The domain counts live keys as it counts attempts; here it is a state of the account.
  if (error.code == Errc::TooManyAttempts)
    return refused(409, "There are as many API keys as one account may have", "KEY_LIMIT_REACHED");
  return refusal(error);
}

}  // namespace postern::handlers::scriptix
