#include "tests/support/oauth_door.hpp"

#include <sodium.h>

#include "fcgi/percent.hpp"

namespace postern::test {

fcgi::Response OAuthDoor::post(std::string_view path, std::string_view form,
                               std::string_view authorization) {
  auto request = raw_request("POST", path, "application/x-www-form-urlencoded", form);
  if (!authorization.empty()) {
    request = with_header(std::move(request), "authorization", authorization);
  }
  return send(request);
}

std::string OAuthDoor::redeeming(const OAuthWorld::Code& code) {
  return "grant_type=authorization_code&code=" + std::string(code.text.reveal()) +
         "&code_verifier=" + code.verifier +
         "&redirect_uri=" + fcgi::percent_encode(code.redirect_uri);
}

std::string OAuthDoor::refreshing(std::string_view refresh_token) {
  return "grant_type=refresh_token&refresh_token=" + std::string(refresh_token);
}

std::string OAuthDoor::basic(const domain::MadeClient& client) {
  const std::string text =
      client.client.client_id + ":" + std::string(client.secret ? client.secret->reveal() : "");
  std::string out(sodium_base64_encoded_len(text.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()),
                    text.size(), sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();
  return "Basic " + out;
}

}  // namespace postern::test
