#include "tests/fuzz/target.hpp"

#include <algorithm>
#include <array>

#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {
namespace {

constexpr std::size_t kMany = 4000;
constexpr std::size_t kSome = 1000;  // of what signs, seals or draws
constexpr std::size_t kFew = 300;

constexpr std::array<Target, 24> kTargets{{
    {"address", address, kMany},
    {"authorization_request", authorization_request, kSome},
    {"base64", base64, kMany},
    {"basic_credentials", basic_credentials, kMany},
    {"cbor", cbor, kMany},
    {"client_keys", client_keys, kMany},
    {"client_metadata", client_metadata, kSome},
    {"compact_jwt", compact_jwt, kMany},
    {"cookie", cookie, kMany},
    {"dpop_proof", dpop_proof, kSome},
    {"fastcgi", fastcgi, kMany},
    {"flat_json", flat_json, kMany},
    {"json", json, kMany},
    {"names", names, kMany},
    {"page", page, kFew},
    {"parameters", parameters, kMany},
    {"percent", percent, kMany},
    {"redirect_uri", redirect_uri, kMany},
    {"refresh_token", refresh_token, kSome},
    {"request_target", request_target, kMany},
    {"response_header", response_header, kMany},
    {"scope", scope, kMany},
    {"url_normal_form", url_normal_form, kMany},
    {"user_code", user_code, kMany},
}};

}  // namespace

std::span<const Target> targets() {
  return kTargets;
}

std::vector<std::string_view> parts(std::string_view input, std::size_t count) {
  std::vector<std::string_view> found;
  while (found.size() + 1 < count) {
    const auto end = std::min(input.find('\n'), input.size());
    found.push_back(input.substr(0, end));
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  found.push_back(input);
  return found;
}

}  // namespace postern::fuzz
