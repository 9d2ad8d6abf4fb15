#pragma once

#include <array>

#include "domain/oauth_client.hpp"
#include "handlers/services.hpp"
#include "tests/support/domain_world.hpp"
#include "tests/support/limiter_memory.hpp"

namespace postern::fuzz {

/// What handlers and the domain work with, for code that asks no database: there is none. Two
/// resources, the first with the scopes `read` and `submit`.
struct OfflineWorld {
  OfflineWorld();

  test::FixedClock clock;
  domain::SodiumRandom random;
  domain::Settings domain_settings;
  handlers::Settings settings;
  domain::KeyRing ring;
  domain::Database database;
  domain::SigningKeys signing_keys;
  std::array<domain::HashSlots::Slot, 1> slots{};
  domain::PasswordHasher passwords;
  test::LimiterMemory memory;
  domain::Limiter limiter;
  handlers::Services services;
};

/// One for all inputs of a target.
[[nodiscard]] OfflineWorld& offline_world();

/// With the redirect URIs https://app.example.org/cb and http://127.0.0.1/cb.
[[nodiscard]] domain::OAuthClient sample_client();

}  // namespace postern::fuzz
