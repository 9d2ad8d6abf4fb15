#include "tests/support/authenticator.hpp"

#include "domain/totp_code.hpp"

namespace postern::test {

std::string base32_decode(std::string_view text) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string bytes;
  unsigned held = 0;
  unsigned bits = 0;
  for (const char c : text) {
    held = (held << 5U | static_cast<unsigned>(kAlphabet.find(c))) & 0xfffU;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(held >> bits & 0xffU);
    }
  }
  return bytes;
}

Authenticator::Authenticator(const domain::Secret& base32)
    : bytes_(base32_decode(base32.reveal())) {}

domain::Secret Authenticator::code(domain::Instant at) const {
  return domain::totp_code(domain::Secret(bytes_), domain::totp_step(at));
}

domain::Secret Authenticator::wrong_code(domain::Instant at) const {
  constexpr std::int64_t kFar = 5;
  for (char digit = '0';; ++digit) {
    const domain::Secret code(std::string(domain::kTotpDigits, digit));
    const auto near =
        domain::matching_totp_step(domain::Secret(bytes_), code,
                                   {.present = domain::totp_step(at), .drift = kFar, .after = 0});
    if (!near) return code;
  }
}

Enrolled enrol(DomainWorld& world, const domain::Account& account) {
  const auto tokens = world.login(account.username);
  const auto started =
      domain::start_totp(world.services, account.id, {tokens.session, {}}, world.origin).value();
  const Authenticator app(started.secret);
  auto codes = domain::confirm_totp(world.services, account.id, app.code(world.clock.now()),
                                    tokens.session, world.origin)
                   .value();
  world.clock.advance(domain::seconds(30));
  return {app, std::move(codes), tokens.session};
}

}  // namespace postern::test
