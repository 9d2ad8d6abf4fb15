#include "domain/rate_limit.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace postern::domain {
namespace {

constexpr std::uint32_t kLargestLimit = 1000;

/// $1 name, $2 now, $3 start of the window, $4 its end, $5 limit. The upsert waits for whoever else
/// is counting on the row and then judges its newest version, so it is exact. Where the condition
/// refuses, no row is written, and the second half finds the hit that has to leave first.
constexpr Statement kCharge{"charge_limit", R"sql(
  with charged as (
    insert into postern.rate_limit as r (name, hits, expires_at)
    values ($1, array[$2::timestamptz], $4)
    on conflict (name) do update
      set hits = array(select h from unnest(r.hits) as h where h > $3::timestamptz order by h)
                 || $2::timestamptz,
          expires_at = $4
      where (select count(*) from unnest(r.hits) as h where h > $3::timestamptz) < $5::integer
    returning cardinality(r.hits) as used
  )
  select true, c.used, null::bigint from charged c
  union all
  select false, 0, postern.micros((
    select h from unnest(r.hits) as h where h > $3::timestamptz
    order by h desc offset $5::integer - 1 limit 1))
  from postern.rate_limit r
  where r.name = $1 and not exists (select from charged))sql"};

constexpr Statement kForgive{"forgive_limit",
                             R"sql(delete from postern.rate_limit where name = $1)sql"};

constexpr Statement kRefund{"refund_limit", R"sql(
  update postern.rate_limit set hits = hits[:cardinality(hits) - 1] where name = $1)sql"};

Charge refusal(std::optional<Instant> leaving, Instant now, seconds window) {
  // No row in sight: it was made a moment ago by those who used it up.
  const auto wait = leaving ? std::chrono::ceil<seconds>(*leaving + window - now) : window;
  return {false, std::clamp(wait, seconds(1), window), 0};
}

std::string text_of(int family, const void* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(family, address, text.data(), text.size());
  return text.data();
}

}  // namespace

Digest lookup_hash(Services& services, std::string_view text) {
  return services.ring.mac(KeyPurpose::LookupHash, services.ring.current_id(), as_bytes(text));
}

Charge charge(Services& services, std::string_view name, const WindowLimit& limit) {
  if (limit.limit < 1 || limit.limit > kLargestLimit || limit.window < seconds(1))
    throw std::invalid_argument("a limit out of range");
  const Instant now = services.clock.now();
  const Rows rows = services.database.run(
      kCharge,
      {lookup_hash(services, name), now, now - limit.window, now + limit.window, limit.limit});
  if (rows.empty()) return refusal(std::nullopt, now, limit.window);
  const Row& row = rows.front();
  if (!row.boolean(0)) return refusal(row.instant_or_null(2), now, limit.window);
  const auto used = static_cast<std::uint32_t>(row.integer(1));
  return {true, seconds(0), limit.limit - std::min(used, limit.limit)};
}

void forgive(Executor& executor, Services& services, std::string_view name) {
  executor.run(kForgive, {lookup_hash(services, name)});
}

void refund(Executor& executor, Services& services, std::string_view name) {
  executor.run(kRefund, {lookup_hash(services, name)});
}

std::string network_of(std::string_view address) {
  // Longer than any address, or cut by a NUL that inet_pton would not see.
  if (address.size() >= INET6_ADDRSTRLEN || address.find('\0') != std::string_view::npos)
    return "unknown";
  const std::string text(address);
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return text_of(AF_INET, &v4);
  in6_addr v6{};
  if (inet_pton(AF_INET6, text.c_str(), &v6) != 1) return "unknown";
  if (IN6_IS_ADDR_V4MAPPED(&v6)) return text_of(AF_INET, &v6.s6_addr[12]);
  std::fill(std::begin(v6.s6_addr) + 8, std::end(v6.s6_addr), std::uint8_t{0});
  return text_of(AF_INET6, &v6) + "/64";
}

}  // namespace postern::domain
