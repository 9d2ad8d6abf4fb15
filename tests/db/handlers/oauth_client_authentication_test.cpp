#include <gtest/gtest.h>
#include <sodium.h>

#include "domain/oauth_registration.hpp"
#include "fcgi/percent.hpp"
#include "handlers/oauth/client_authentication.hpp"
#include "tests/support/handler_world.hpp"
#include "tests/support/oauth_clients.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::ClientAuth;
using domain::Errc;

std::string basic(const std::string& id, std::string_view secret) {
  const std::string text = id + ":" + std::string(secret);
  std::string out(sodium_base64_encoded_len(text.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()),
                    text.size(), sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();
  return "Basic " + out;
}

class OAuthClientAuthentication : public testing::Test {
 protected:
  domain::Result<std::optional<AuthenticatedClient>> ask(const std::string& form,
                                                         const std::string& header = "") {
    auto request =
        test::raw_request("POST", "/oauth/token", "application/x-www-form-urlencoded", form);
    if (!header.empty()) request = test::with_header(request, "authorization", header);
    const auto parameters = Parameters::of_body(request);
    if (!parameters) return parameters.error();
    const Call call{request, {}, std::nullopt};
    return authenticate_client(call, world.services, *parameters, used_basic);
  }
  /// The client_id of whoever it was, and whether that was proven.
  std::pair<std::string, bool> who(const std::string& form, const std::string& header = "") {
    const auto found = ask(form, header);
    if (!found) return {domain::name_of(found.error().code), false};
    if (!*found) return {"nobody", false};
    return {(*found)->client.client_id, (*found)->proven};
  }
  static std::pair<std::string, bool> refused(Errc code) { return {domain::name_of(code), false}; }

  test::HandlerWorld world;
  bool used_basic = false;
};

TEST_F(OAuthClientAuthentication, OneSecretIsGoodInTheHeaderAndInTheBody) {
  for (const auto method : {ClientAuth::SecretBasic, ClientAuth::SecretPost}) {
    const auto made = test::oauth_client(world.domain, method);
    const std::string id = made.client.client_id;
    const std::string secret(made.secret->reveal());
    EXPECT_EQ(who("a=b", basic(id, secret)), std::pair(id, true));
    EXPECT_TRUE(used_basic);
    const std::string form = "client_id=" + id;
    EXPECT_EQ(who(form + "&client_secret=" + secret), std::pair(id, true));
    EXPECT_FALSE(used_basic);
    EXPECT_EQ(who(form, basic(id, secret)), std::pair(id, true)) << "said twice";
  }
}

TEST_F(OAuthClientAuthentication, BasicPartsMayBeFormEncoded) {
  const auto made = test::oauth_client(world.domain, ClientAuth::SecretBasic);
  std::string encoded;  // oauth4webapi encodes even what needs it not
  for (const char c : made.client.client_id) encoded += c == '-' ? "%2D" : std::string(1, c);
  EXPECT_EQ(who("", basic(encoded, made.secret->reveal())), std::pair(made.client.client_id, true));
}

TEST_F(OAuthClientAuthentication, WrongSecretsAndUnknownClientsAreOneRefusal) {
  const auto made = test::oauth_client(world.domain, ClientAuth::SecretBasic);
  const auto other = test::oauth_client(world.domain, ClientAuth::SecretBasic);
  const std::string id = made.client.client_id;
  const std::string secret(made.secret->reveal());
  for (const auto& wrong :
       {secret.substr(1), secret + "x", std::string("x"), std::string(other.secret->reveal()),
        std::string(" "), std::string("null")}) {
    EXPECT_EQ(who("", basic(id, wrong)), refused(Errc::ClientInvalid)) << wrong;
    EXPECT_EQ(who("client_id=" + id + "&client_secret=" + fcgi::percent_encode(wrong)),
              refused(Errc::ClientInvalid));
  }
  EXPECT_EQ(who("", basic("unknown", secret)), refused(Errc::ClientInvalid));
  EXPECT_EQ(who("client_id=unknown&client_secret=" + secret), refused(Errc::ClientInvalid));
  EXPECT_EQ(who("client_id=unknown"), refused(Errc::ClientInvalid));
  EXPECT_EQ(who("client_secret=" + secret), refused(Errc::ClientInvalid)) << "whose?";
}

TEST_F(OAuthClientAuthentication, Cve202445160WhoHasASecretHasToShowIt) {
  for (const auto method : {ClientAuth::SecretBasic, ClientAuth::SecretPost}) {
    const auto made = test::oauth_client(world.domain, method);
    const std::string id = made.client.client_id;
    EXPECT_EQ(who("client_id=" + id), refused(Errc::ClientInvalid));
    EXPECT_EQ(who("client_id=" + id + "&client_secret="), refused(Errc::ClientInvalid));
    EXPECT_EQ(who("", basic(id, "")), refused(Errc::ClientInvalid));
  }
}

TEST_F(OAuthClientAuthentication, PublicClientsSayWhoTheyAre) {
  const auto made = test::oauth_client(world.domain, ClientAuth::None);
  const std::string id = made.client.client_id;
  EXPECT_EQ(who("client_id=" + id), std::pair(id, false));
  EXPECT_EQ(who("", basic(id, "")), std::pair(id, false)) << "requests-oauthlib";
  EXPECT_EQ(who("client_id=" + id + "&client_secret="), std::pair(id, false)) << "empty is absent";
  EXPECT_EQ(who("client_id=" + id + "&client_secret=x"), refused(Errc::ClientInvalid));
  EXPECT_EQ(who("", basic(id, "x")), refused(Errc::ClientInvalid));
}

TEST_F(OAuthClientAuthentication, WhoSaysNothingIsNobody) {
  EXPECT_EQ(who(""), std::pair(std::string("nobody"), false));
  EXPECT_EQ(who("client_id="), std::pair(std::string("nobody"), false));
}

TEST_F(OAuthClientAuthentication, Rfc6749Section23OneWayAtATime) {
  const auto made = test::oauth_client(world.domain, ClientAuth::SecretBasic);
  const std::string id = made.client.client_id;
  const std::string secret(made.secret->reveal());
  const auto header = basic(id, secret);
  const std::string assertion =
      "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
      "&client_assertion=a.b.c";
  EXPECT_EQ(who("client_secret=" + secret, header), refused(Errc::InvalidInput));
  EXPECT_EQ(who("client_id=" + id + "&client_secret=" + secret, header),
            refused(Errc::InvalidInput));
  EXPECT_EQ(who(assertion, header), refused(Errc::InvalidInput));
  EXPECT_EQ(who("client_id=" + id + "&client_secret=" + secret + "&" + assertion),
            refused(Errc::InvalidInput));
  EXPECT_EQ(who("client_id=another", header), refused(Errc::InvalidInput));
}

TEST_F(OAuthClientAuthentication, OtherHeadersAreNoWayToProveIt) {
  const auto made = test::oauth_client(world.domain, ClientAuth::None);
  const std::string form = "client_id=" + made.client.client_id;
  for (const char* header : {"Bearer abc", "Basic", "Basic !", "Digest a=b", "DPoP abc", "x"}) {
    EXPECT_EQ(who(form, header), refused(Errc::ClientInvalid)) << header;
    EXPECT_TRUE(used_basic) << "a challenge belongs to the answer";
  }
}

TEST_F(OAuthClientAuthentication, ADeletedClientIsNobodyAtOnce) {
  const auto made = test::oauth_client(world.domain, ClientAuth::SecretBasic);
  const auto header = basic(made.client.client_id, made.secret->reveal());
  ASSERT_TRUE(ask("", header).ok());
  ASSERT_TRUE(domain::delete_client(world.services.domain, made.client.id, std::nullopt,
                                    world.domain.origin)
                  .ok());
  EXPECT_EQ(who("", header), refused(Errc::ClientInvalid));
}

TEST_F(OAuthClientAuthentication, HostileNamesAreUnknownOnes) {
  for (const char* id : {"%00", "%FF", "' or 1=1 --", "https://", "https://127.0.0.1/",
                         "http://example.com/x", "https://example.com"}) {
    const auto form = "client_id=" + std::string(id);
    const auto found = ask(form);
    ASSERT_FALSE(found.ok()) << id;
    EXPECT_TRUE(found.error().code == Errc::ClientInvalid ||
                found.error().code == Errc::InvalidInput)
        << id;
  }
}

}  // namespace
}  // namespace postern::handlers::oauth
