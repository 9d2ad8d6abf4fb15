#include "domain/key_use.hpp"

#include <algorithm>

#include "domain/text.hpp"

namespace postern::domain {
namespace {

/// Rows in use are skipped, so that two machines, or a revocation, cannot meet in a deadlock.
constexpr Statement kWriteKeyUses{"write_key_uses", R"sql(
  with used as (
    select id, max(at) as at
    from unnest($1::uuid[], $2::timestamptz[]) as u (id, at)
    group by id
  ), free as (
    select k.id from postern.api_key k
    where k.id in (select id from used)
    for no key update skip locked
  ), written as (
    update postern.api_key k set last_used_at = u.at
    from used u join free f on f.id = u.id
    where k.id = u.id and (k.last_used_at is null or k.last_used_at < u.at)
  )
  select u.id, postern.micros(u.at)
  from used u
    join postern.api_key k on k.id = u.id
    left join free f on f.id = u.id
  where f.id is null
)sql"};

}  // namespace

std::vector<KeyUse> write_key_uses(Executor& executor, std::span<const KeyUse> uses) {
  std::vector<KeyUse> busy;
  while (!uses.empty()) {
    const auto batch = uses.first(std::min(uses.size(), kKeyUsesAtOnce));
    uses = uses.subspan(batch.size());
    std::vector<std::string> keys;
    std::vector<std::string> times;
    for (const auto& use : batch) {
      keys.push_back(use.key.text());
      times.push_back(rfc3339_micros(use.at));
    }
    for (const auto& row : executor.run(kWriteKeyUses, {keys, times}))
      busy.push_back({KeyId{row.uuid(0)}, row.instant(1)});
  }
  return busy;
}

void KeyUseWriter::write(Executor& executor, std::chrono::seconds period) {
  keep(cache_.take_uses(period));
  std::vector<KeyUse> uses;
  for (const auto& [key, at] : kept_) uses.push_back({key, at});
  const auto busy = write_key_uses(executor, uses);
  kept_.clear();
  keep(busy);
}

void KeyUseWriter::keep(const std::vector<KeyUse>& uses) {
  for (const auto& use : uses) {
    const auto known = kept_.find(use.key);
    if (known != kept_.end()) {
      known->second = std::max(known->second, use.at);
    } else if (kept_.size() < kMostKept) {
      kept_.emplace(use.key, use.at);
    }
  }
}

}  // namespace postern::domain
