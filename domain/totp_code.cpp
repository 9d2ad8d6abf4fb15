#include "domain/totp_code.hpp"

#include <oath.h>
#include <sodium.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>

namespace postern::domain {
namespace {

void expect_ok(int code) {
  if (code != OATH_OK) throw std::runtime_error(oath_strerror_name(code));
}

/// liboath wants this once a process.
void need_liboath() {
  static const int kReady = oath_init();
  expect_ok(kReady);
}

struct Free {
  void operator()(char* text) const { std::free(text); }
};

}  // namespace

std::int64_t totp_step(Instant instant) {
  return unix_seconds(instant) / kTotpStep.count();
}

Secret totp_code(const Secret& secret, std::int64_t step) {
  need_liboath();
  std::array<char, kTotpDigits + 1> digits{};
  expect_ok(oath_totp_generate2(secret.reveal().data(), secret.size(), step * kTotpStep.count(),
                                kTotpStep.count(), OATH_TOTP_DEFAULT_START_TIME, kTotpDigits, 0,
                                digits.data()));
  Secret code(std::string(digits.data(), kTotpDigits));
  sodium_memzero(digits.data(), digits.size());
  return code;
}

std::optional<std::int64_t> matching_totp_step(const Secret& secret, const Secret& code,
                                               const TotpWindow& window) {
  std::optional<std::int64_t> found;
  for (auto step = window.present - window.drift; step <= window.present + window.drift; ++step) {
    const bool matches = totp_code(secret, step).equals(code.reveal());
    if (matches && step > window.after && !found) found = step;
  }
  return found;
}

Secret base32_encode(const Secret& bytes) {
  need_liboath();
  char* text = nullptr;
  std::size_t length = 0;
  expect_ok(oath_base32_encode(bytes.reveal().data(), bytes.size(), &text, &length));
  const std::unique_ptr<char, Free> owned(text);
  std::string encoded(text, length);
  sodium_memzero(text, length);
  encoded.erase(encoded.find_last_not_of('=') + 1);
  return Secret(std::move(encoded));
}

}  // namespace postern::domain
