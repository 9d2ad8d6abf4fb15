#include "cli/config_keys_mfa.hpp"

#include <algorithm>

namespace postern::cli {
namespace {

constexpr std::size_t kLongestIssuer = 64;

/// The colon stands between issuer and username in what an authenticator app is told.
bool is_totp_issuer(std::string_view text) {
  return !text.empty() && text.size() <= kLongestIssuer && text.front() != ' ' &&
         text.back() != ' ' && std::all_of(text.begin(), text.end(), [](char c) {
           return c >= ' ' && c <= '~' && c != ':';
         });
}

}  // namespace

void add_mfa_keys(KeyTable& t) {
  t.words("mfa.totp_issuer", "Postern", is_totp_issuer,
          "1 to 64 printable ASCII characters without \":\", no space at either end",
          [](Config& c, const Value& v) { c.domain.mfa.totp_issuer = text(v); });
  t.number("mfa.drift_steps", 1, 0, 2,
           [](Config& c, const Value& v) { c.domain.mfa.drift_steps = count(v); });
  t.number("mfa.recovery_codes", 10, 5, 20,
           [](Config& c, const Value& v) { c.domain.mfa.recovery_codes = count(v); });
  t.number("mfa.recent_sign_in_seconds", 300, 0, 86400, [](Config& c, const Value& v) {
    c.domain.mfa.recent_sign_in = std::chrono::seconds(integer(v));
  });
}

}  // namespace postern::cli
