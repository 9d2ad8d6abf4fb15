#include "tests/support/oauth_clients.hpp"

#include <stdexcept>

namespace postern::test {

domain::MadeClient oauth_client(DomainWorld& world, domain::ClientAuth auth,
                                const domain::ClientMetadata& metadata) {
  domain::NewClient wanted{metadata};
  wanted.metadata.auth = auth;
  if (wanted.metadata.redirect_uris.empty()) {
    wanted.metadata.redirect_uris = {"https://app.example.com/callback"};
  }
  auto made = domain::create_client(world.services, wanted, std::nullopt, world.origin);
  if (!made) throw std::runtime_error("client: " + made.error().field + made.error().reason);
  return *std::move(made);
}

}  // namespace postern::test
