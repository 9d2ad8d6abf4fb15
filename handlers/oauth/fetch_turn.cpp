#include "handlers/oauth/fetch_turn.hpp"

#include <utility>

#include "domain/network.hpp"
#include "handlers/sso/address.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;
using domain::Rate;
using std::chrono::seconds;

constexpr std::string_view kPlace = "oauth fetch place";
constexpr Rate kPlaces{4, seconds(6)};
constexpr Rate kOfNetwork{20, seconds(60)};
constexpr Rate kOfHost{60, seconds(60)};
constexpr Rate kOfAddress{2, seconds(60)};

}  // namespace

domain::Result<FetchTurn> FetchTurn::take(domain::Services& services, For why,
                                          const std::string& url, std::string_view remote_address) {
  const auto address = sso::parse_address(url);
  if (!address) return Errc::ClientInvalid;
  const auto now = services.clock.uptime();
  seconds wait{0};
  const auto may = [&](const std::string& name, const Rate& rate) {
    const auto charge = services.limiter.charge(name, rate, now);
    wait = charge.retry_after;
    return charge.allowed;
  };
  // What is refused by one of them is not counted by the next.
  if ((why == For::Stranger &&
       !may("oauth fetch by " + domain::network_of(remote_address), kOfNetwork)) ||
      !may("oauth fetch of " + url, kOfAddress) ||
      (why != For::Again && !may("oauth fetch at " + address->host, kOfHost)) ||
      !may(std::string(kPlace), kPlaces)) {
    return domain::Error{Errc::ProviderUnavailable, {}, {}, wait, "too many fetches"};
  }
  return FetchTurn(services);
}

FetchTurn::FetchTurn(FetchTurn&& other) noexcept
    : services_(std::exchange(other.services_, nullptr)) {}

FetchTurn::~FetchTurn() {
  if (services_ == nullptr) return;
  services_->limiter.refund(kPlace, kPlaces, services_->clock.uptime());
}

}  // namespace postern::handlers::oauth
