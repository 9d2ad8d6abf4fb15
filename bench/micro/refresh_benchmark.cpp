#include "bench/micro/operation.hpp"
#include "bench/micro/world.hpp"
#include "domain/refresh_token.hpp"

namespace postern::bench {
namespace {

domain::RefreshToken some_token(World& world) {
  return {domain::SessionId::make(world.clock.now(), world.random), 41, world.ring.current_id()};
}

Run prepare_derive() {
  const auto world = make_world();
  return repeat([world, token = some_token(*world)] {
    keep(domain::encode_refresh_token(world->ring, token));
  });
}

Run prepare_check() {
  const auto world = make_world();
  const auto text = domain::encode_refresh_token(world->ring, some_token(*world));
  must(domain::decode_refresh_token(world->ring, text.reveal()).ok(), "the token is good");
  return repeat([world, text] { keep(domain::decode_refresh_token(world->ring, text.reveal())); });
}

const Registered kDerive({"refresh_derive", "Refresh token derived", prepare_derive});
const Registered kCheck({"refresh_check", "Refresh token checked", prepare_check});

}  // namespace
}  // namespace postern::bench
