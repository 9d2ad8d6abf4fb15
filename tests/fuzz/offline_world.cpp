#include "tests/fuzz/offline_world.hpp"

namespace postern::fuzz {

OfflineWorld::OfflineWorld()
    : ring(domain::KeyRing::parse("postern-master-1:1:" + std::string(43, 'A')).value()),
      database({"host=/nonexistent"}),
      passwords(test::cheap_passwords(), domain::HashSlots(slots)),
      memory(4096),
      limiter(memory.bytes(), test::kLimiterKey),
      services{{domain_settings, database, clock, random, ring, signing_keys, passwords, limiter},
               settings,
               fcgi::map_shared_segment()} {
  domain_settings.oauth.issuer = "https://www.example.org";
  domain_settings.oauth.resources = {
      {.uri = "https://www.example.org/", .name = "Site", .scopes = {"read", "submit"}, .path = ""},
      {.uri = "https://api.example.org/", .name = "API", .scopes = {"export"}, .path = {}}};
}

OfflineWorld& offline_world() {
  static OfflineWorld world;
  return world;
}

domain::OAuthClient sample_client() {
  domain::OAuthClient client;
  client.client_id = "client-1";
  client.metadata.redirect_uris = {"https://app.example.org/cb", "http://127.0.0.1/cb"};
  return client;
}

}  // namespace postern::fuzz
