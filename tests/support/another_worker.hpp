#pragma once

#include "tests/support/domain_world.hpp"

namespace postern::test {

/// Asks again while the database says that it is too busy: of many who want one row on a slow
/// machine, some have waited too long for its lock.
template <class Action>
auto patiently(Action&& action) {
  for (;;) {
    try {
      return action();
    } catch (const domain::DatabaseUnavailable&) {
    }
  }
}

/// Another worker over a world's database, with a connection and keys of its own: one for each
/// thread of a test. Shares the world's settings, master keys and clock.
class AnotherWorker {
 public:
  explicit AnotherWorker(DomainWorld& world)
      : database({world.database_server.url()}),
        passwords(cheap_passwords(), domain::HashSlots(world.slots)),
        services{world.settings, database,     world.clock, random,
                 world.ring,     signing_keys, passwords,   world.limiter} {
    signing_keys.load(database, world.ring, world.clock.now());
  }

  domain::SodiumRandom random;
  domain::Database database;
  domain::SigningKeys signing_keys;
  domain::PasswordHasher passwords;
  domain::Services services;
};

}  // namespace postern::test
