#include "domain/client_memory.hpp"

#include <algorithm>
#include <utility>

namespace postern::domain {

ClientMemory::Known* ClientMemory::find(const CredentialCache& cache, const Clock& clock,
                                        std::string_view client_id) {
  const auto found = places_.find(client_id);
  if (found == places_.end()) return nullptr;
  Place& place = found->second;
  const Uuid id = place.known.client.id.uuid;
  if (clock.now() >= place.belief.until || !cache.holds(place.belief.stamp, clock, id, id)) {
    places_.erase(found);
    return nullptr;
  }
  place.used = ++uses_;
  return &place.known;
}

void ClientMemory::keep(Known known, const Belief& belief) {
  std::string name = known.client.client_id;
  if (places_.size() >= kMost && !places_.contains(name)) make_room();
  places_.insert_or_assign(std::move(name), Place{std::move(known), belief, ++uses_});
}

const LiveGrant* ClientMemory::own_grant(const CredentialCache& cache, const Clock& clock,
                                         const Known& known) {
  if (!known.own || clock.now() >= known.own->belief.until) return nullptr;
  const LiveSession& session = known.own->grant.session;
  const bool right =
      cache.holds(known.own->belief.stamp, clock, session.account.id.uuid, session.id.uuid);
  return right ? &known.own->grant : nullptr;
}

void ClientMemory::make_room() {
  const auto longest_ago = std::min_element(
      places_.begin(), places_.end(),
      [](const auto& one, const auto& other) { return one.second.used < other.second.used; });
  if (longest_ago != places_.end()) places_.erase(longest_ago);
}

std::optional<ClientMemory::Belief> belief_from_now(const Services& services) {
  if (services.memory == nullptr || services.memory->clients == nullptr) return {};
  const CredentialCache& cache = services.memory->cache;
  if (!cache.trusted(services.clock)) return {};
  return ClientMemory::Belief{cache.stamp(),
                              services.clock.now() + services.settings.cache.lifetime};
}

}  // namespace postern::domain
