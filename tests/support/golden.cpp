#include "tests/support/golden.hpp"

#include <regex>
#include <utility>
#include <vector>

namespace postern::test {

std::string without_chance(std::string_view text) {
  static const std::vector<std::pair<std::regex, std::string>> kRules{
      {std::regex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uuid>"},
      {std::regex("prt_[0-9A-Za-z_-]{62}"), "<refresh>"},
      {std::regex("(pst|osk|sked_live|sk_[a-z]+|token)_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}"), "<key>"},
      {std::regex(":\"(pst_|sk_live_|sked_live_|token_(?!expired))[0-9A-Za-z]{4,8}\""),
       ":\"<key-start>\""},
      {std::regex("osk_[0-9A-Za-z]{4,8}\""), "<key-start>\""},
      {std::regex("reg_[0-9A-Za-z]{43}"), "<registration>"},
      {std::regex("\"(client_secret|device_code)\":\"[0-9A-Za-z]{43}\""), "\"$1\":\"<$1>\""},
      {std::regex("request_uri:[0-9A-Za-z_-]{43}"), "request_uri:<pushed>"},
      {std::regex("(name=\"(csrf|request)\" value)=\"[^\"]+\""), "$1=\"<$2>\""},
      {std::regex("request=[0-9A-Za-z_-]{40,}"), "request=<request>"},
      {std::regex("postern_(form|session)=[^;]+;"), "postern_$1=<$1>;"},
      {std::regex("([?&])code=[0-9A-Za-z]{43}"), "$1code=<code>"},
      {std::regex("(user_code%3D|^|[^-0-9A-Za-z])"
                  "[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}(?![-0-9A-Za-z])"),
       "$1<user-code>"},
      {std::regex("\"n\":\"[0-9A-Za-z_-]{342}\""), "\"n\":\"<n>\""},
      {std::regex("inv_[0-9A-Za-z]{32}"), "<invite>"},
      {std::regex("inv_[0-9A-Za-z]{4}\""), "<invite-start>\""},
      {std::regex("\"id\":\"[0-9A-Za-z_-]{48}\""), "\"id\":\"<handle>\""},
      {std::regex("pml_[0-9A-Za-z]{49}"), "<link>"},
      {std::regex("\"[A-Z2-7]{10}\""), "\"<recovery-code>\""},
      {std::regex("Content-Length: [0-9]+"), "Content-Length: <length>"},
      {std::regex("\"next_cursor\":\"[^\"]*\""), "\"next_cursor\":\"<cursor>\""},
      {std::regex("\"(kid|x|y|signature|secret|otpauth_uri|qr_svg|otp_secret|"
                  "totp_provisionning_uri|challenge)\":\"[^\"]*\""),
       "\"$1\":\"<$1>\""},
      {std::regex("(RateLimit-Remaining): [0-9]+"), "$1: <left>"},
      {std::regex("(RateLimit-Reset): [0-9]+"), "$1: <reset>"},
      {std::regex("(RateLimit: \"[a-z]+\");r=[0-9]+"), "$1;r=<left>"},
      {std::regex("\"c-[0-9A-Za-z-]+\""), "\"<correlation>\""},
      {std::regex("X-Correlation-Id: [^\r]+"), "X-Correlation-Id: <correlation>"},
      {std::regex("eyJ[0-9A-Za-z_-]+\\.[0-9A-Za-z_-]+\\.[0-9A-Za-z_-]+"), "<jwt>"},
      {std::regex("\\b[0-9a-f]{32}\\b"), "<request>"},
  };
  std::string result(text);
  for (const auto& [pattern, name] : kRules) result = std::regex_replace(result, pattern, name);
  return result;
}

std::string golden(const fcgi::Response& response) {
  const auto status = std::to_string(response.status());
  return response.body().empty() ? status : status + " " + without_chance(response.body());
}

std::string golden_wire(const fcgi::Response& response) {
  return without_chance(response.serialize());
}

}  // namespace postern::test
