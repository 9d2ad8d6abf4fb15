#include "handlers/oauth/fetch_turn.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "domain/network.hpp"
#include "handlers/sso/address.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;
using domain::Rate;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Places = std::span<domain::HashSlots::Slot>;

constexpr Rate kOfNetwork{20, seconds(60)};
constexpr Rate kOfHost{60, seconds(60)};
constexpr Rate kOfAddress{2, seconds(60)};

constexpr milliseconds kQuick{500};
constexpr Rate kSlowOfNetwork{2, seconds(60)};
constexpr Rate kSlowOfHost{2, seconds(60)};
constexpr std::uint32_t kSlowOfPlace = 2;
constexpr seconds kSlowWindow{20};

constexpr seconds kUntilAPlaceIsFree{3};

domain::Error too_many(seconds wait) {
  return {Errc::ProviderUnavailable, {}, {}, wait, "too many fetches"};
}

/// Of all workers that may wait for others.
Places places_of(Services& services) {
  const Places all(services.shared.outgoing_slots);
  const auto& settings = services.settings;
  const std::size_t before = std::min<std::size_t>(settings.sso.outgoing, all.size());
  if (settings.oauth.fetches == 0) return all.first(before);
  const auto behind = all.subspan(before);
  return behind.first(std::min<std::size_t>(settings.oauth.fetches, behind.size()));
}

Places places_for(Services& services, FetchTurn::For why) {
  const auto places = places_of(services);
  const bool leaves_one = why != FetchTurn::For::Again && places.size() > 1;
  return leaves_one ? places.first(places.size() - 1) : places;
}

Rate slow_of_all(Services& services) {
  const auto places = static_cast<std::uint32_t>(places_of(services).size());
  return {kSlowOfPlace * std::max(places, 1U), kSlowWindow};
}

}  // namespace

FetchTurn::FetchTurn(Services& services, For why, const std::string& host,
                     std::string_view remote_address)
    : services_(&services),
      places_(places_for(services, why)),
      began_(services.domain.clock.uptime()) {
  const std::string whose = why == For::Again ? "slow oauth fetch again " : "slow oauth fetch ";
  limits_ = {SlowLimit{whose + "by " + domain::network_of(remote_address), kSlowOfNetwork},
             SlowLimit{whose + "at " + host, kSlowOfHost}, SlowLimit{whose, slow_of_all(services)}};
}

domain::Outcome FetchTurn::begin() {
  place_ = places_.try_acquire();
  if (place_ < 0) return too_many(kUntilAPlaceIsFree);
  for (const auto& limit : limits_) {
    const auto charge = services_->domain.limiter.charge(limit.name, limit.rate, began_);
    if (!charge.allowed) return too_many(charge.retry_after);
    ++charged_;
  }
  return domain::done;
}

domain::Result<FetchTurn> FetchTurn::take(Services& services, For why, const std::string& url,
                                          std::string_view remote_address) {
  const auto address = sso::parse_address(url);
  if (!address) return Errc::ClientInvalid;
  FetchTurn turn(services, why, address->host, remote_address);
  const auto begun = turn.begin();
  if (!begun) return begun.error();
  seconds wait{0};
  const auto may = [&](const std::string& name, const Rate& rate) {
    const auto charge = services.domain.limiter.charge(name, rate, turn.began_);
    wait = charge.retry_after;
    return charge.allowed;
  };
  // What is refused by one of them is not counted by the next.
  if ((why == For::Stranger &&
       !may("oauth fetch by " + domain::network_of(remote_address), kOfNetwork)) ||
      !may("oauth fetch of " + url, kOfAddress) ||
      (why != For::Again && !may("oauth fetch at " + address->host, kOfHost))) {
    return too_many(wait);
  }
  return turn;
}

FetchTurn::FetchTurn(FetchTurn&& other) noexcept
    : services_(std::exchange(other.services_, nullptr)),
      places_(other.places_),
      place_(other.place_),
      limits_(std::move(other.limits_)),
      charged_(other.charged_),
      began_(other.began_) {}

FetchTurn::~FetchTurn() {
  if (services_ == nullptr) return;
  if (place_ >= 0) places_.release(place_);
  const auto now = services_->domain.clock.uptime();
  if (now - began_ > kQuick) return;
  for (std::size_t i = 0; i < charged_; ++i) {
    services_->domain.limiter.refund(limits_[i].name, limits_[i].rate, now);
  }
}

}  // namespace postern::handlers::oauth
