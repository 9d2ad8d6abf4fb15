// Access tokens: ES256 is nearly all of it.
#include "bench/micro/operation.hpp"
#include "bench/micro/world.hpp"
#include "domain/access_token.hpp"

namespace postern::bench {
namespace {

Run prepare_sign() {
  const auto world = make_world();
  return repeat([world, claims = world->claims()] {
    keep(domain::issue_access_token(world->services, claims));
  });
}

Run prepare_verify() {
  const auto world = make_world();
  const auto token = domain::issue_access_token(world->services, world->claims());
  must(domain::verify_access_token(world->services, token.reveal()).ok(), "the token is good");
  return repeat(
      [world, token] { keep(domain::verify_access_token(world->services, token.reveal())); });
}

/// What a stranger can make us do at most once a request: a good header and payload, another's
/// signature.
Run prepare_refuse() {
  const auto world = make_world();
  const auto token = domain::issue_access_token(world->services, world->claims());
  const auto other = domain::issue_access_token(world->services, world->claims());
  const std::string_view own = token.reveal(), foreign = other.reveal();
  std::string mixed(own.substr(0, own.rfind('.')));
  mixed += foreign.substr(foreign.rfind('.'));
  must(!domain::verify_access_token(world->services, mixed).ok(), "the signature is another's");
  return repeat([world, mixed] { keep(domain::verify_access_token(world->services, mixed)); });
}

const Registered kSign({"token_sign", "Access token made (ES256)", prepare_sign});
const Registered kVerify({"token_verify", "Access token parsed and verified (ES256)",
                          prepare_verify});
const Registered kRefuse({"token_refuse", "Access token refused for its signature",
                          prepare_refuse});

}  // namespace
}  // namespace postern::bench
