#include "tests/support/domain_world.hpp"

namespace postern::test {
namespace {

constexpr std::array<std::byte, domain::Limiter::kKeyBytes> kLimiterKey{std::byte{1}};

domain::KeyRing test_ring(domain::Random& random) {
  return domain::KeyRing::parse(domain::KeyRing::make_line(1, random)).value();
}

}  // namespace

domain::PasswordSettings cheap_passwords() {
  domain::PasswordSettings settings;
  settings.memory_kib = 8;
  settings.iterations = 1;
  settings.concurrent_hashes = 8;
  return settings;
}

DomainWorld::DomainWorld()
    : ring(test_ring(random)),
      database({database_server.url()}),
      passwords(cheap_passwords(), domain::HashSlots(slots)),
      limiter(limiter_memory, kLimiterKey),
      services{settings, database, clock, random, ring, signing_keys, passwords, limiter} {
  settings.password = cheap_passwords();
  settings.registration.mode = domain::RegistrationMode::Open;
  domain::SigningKeys::create(database, ring, random, clock.now());
  signing_keys.load(database, ring, clock.now());
}

domain::Account DomainWorld::account(const std::string& username, const std::string& role) {
  domain::NewAccount wanted;
  wanted.username = username;
  wanted.email = username + "@example.org";
  wanted.password = domain::Secret(kPassword);
  wanted.role = role;
  return domain::create_account(services, wanted, std::nullopt, origin).value();
}

domain::Tokens DomainWorld::login(const std::string& username, domain::SessionKind kind) {
  return domain::sign_in(services, {username, domain::Secret(kPassword), kind}, origin).value();
}

}  // namespace postern::test
