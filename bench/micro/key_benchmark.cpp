// API keys: what is done with one besides asking the database for its row.
#include "bench/micro/operation.hpp"
#include "bench/micro/world.hpp"
#include "domain/api_key_store.hpp"

namespace postern::bench {
namespace {

domain::Secret some_key(World& world) {
  return domain::make_key_text(
      world.settings.keys.prefix, domain::random_base62(world.random, domain::kKeyLookupLength),
      domain::Secret(domain::random_base62(world.random, domain::kKeySecretLength)));
}

Run prepare_check() {
  const auto world = make_world();
  const auto key = some_key(*world);
  const auto stored = domain::hash_key_text(world->ring, world->ring.current_id(), key.reveal());
  const auto check = [world, key, stored] {
    const auto parsed = domain::parse_key_text(key.reveal());
    return parsed &&
           domain::constant_time_equal(
               domain::hash_key_text(world->ring, world->ring.current_id(), key.reveal()), stored);
  };
  must(check(), "the key is good");
  return repeat([check] { keep(check()); });
}

/// What costs no database: text that looks like a key and has a wrong checksum.
Run prepare_refuse() {
  const auto world = make_world();
  std::string text(some_key(*world).reveal());
  text.back() = text.back() == 'x' ? 'y' : 'x';
  must(!domain::parse_key_text(text), "the checksum is wrong");
  return repeat([text] { keep(domain::parse_key_text(text)); });
}

const Registered kCheck({"key_check", "API key parsed, hashed and compared", prepare_check});
const Registered kRefuse({"key_refuse", "API key refused for its checksum", prepare_refuse});

}  // namespace
}  // namespace postern::bench
