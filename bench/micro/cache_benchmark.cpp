// The credential cache, full, over more entries than the processor's nearest cache holds.
#include <algorithm>
#include <memory>

#include "bench/micro/operation.hpp"
#include "bench/micro/own_cache.hpp"
#include "domain/access_token.hpp"
#include "domain/fingerprint.hpp"

namespace postern::bench {
namespace {

using Prints = std::vector<OwnCache::Fingerprint>;

constexpr std::size_t kEntries = 2048;
constexpr std::size_t kStored = 4 * kEntries;  ///< until every place is taken
constexpr std::size_t kAsked = 512;

/// One after the other, again and again.
class Turn {
 public:
  explicit Turn(Prints prints) : prints_(std::move(prints)) {}
  const OwnCache::Fingerprint& next() {
    if (++at_ >= prints_.size()) at_ = 0;
    return prints_[at_];
  }

 private:
  Prints prints_;
  std::size_t at_ = 0;
};

Run prepare_hit() {
  const auto own = std::make_shared<OwnCache>(kEntries);
  Prints prints = own->store_many(kStored);
  std::erase_if(prints, [&](const auto& print) { return !own->finds(print); });
  must(prints.size() >= kAsked, "enough of them are still there");
  prints.resize(kAsked);
  return repeat([own, turn = Turn(std::move(prints)), check = domain::CachedCheck()]() mutable {
    keep(own->cache.find(turn.next(), own->clock, check));
    keep(check);
  });
}

Run prepare_miss() {
  const auto own = std::make_shared<OwnCache>(kEntries);
  own->store_many(kStored);
  Prints prints(kAsked);
  for (auto& print : prints) print = own->unused_fingerprint();
  must(std::none_of(prints.begin(), prints.end(),
                    [&](const auto& print) { return own->finds(print); }),
       "none of them is found");
  return repeat([own, turn = Turn(std::move(prints)), check = domain::CachedCheck()]() mutable {
    keep(own->cache.find(turn.next(), own->clock, check));
  });
}

/// Each makes another give way.
Run prepare_store() {
  const auto own = std::make_shared<OwnCache>(kEntries);
  Prints prints = own->store_many(kStored);
  const auto evicted = own->cache.counts().evicted;
  own->store(prints.front());
  must(own->cache.counts().evicted == evicted + 1, "one had to give way");
  return repeat([own, turn = Turn(std::move(prints))]() mutable { own->store(turn.next()); });
}

Run prepare_fingerprint() {
  const auto world = make_world();
  const domain::Fingerprinter prints(world->ring, world->settings);
  const auto token = domain::issue_access_token(world->services, world->claims());
  return repeat([prints, token] { keep(prints.of(domain::PresentedAs::Bearer, token.reveal())); });
}

const Registered kHit({"cache_hit", "Cache asked: found", prepare_hit});
const Registered kMiss({"cache_miss", "Cache asked: not found", prepare_miss});
const Registered kStore({"cache_store", "Cache filled, another gives way", prepare_store});
const Registered kFingerprint({"fingerprint", "Fingerprint of an access token",
                               prepare_fingerprint});

}  // namespace
}  // namespace postern::bench
