#include "domain/identity.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "domain/authenticate.hpp"

namespace postern::domain {
namespace {

constexpr IdentityFields kAlice{"a-1",  "alice",       "alice@example.org", "member",
                                "read", "api_key:k-1", "r5\tp/feeds/**"};

void expect_same(const IdentityFields& one, const IdentityFields& other) {
  EXPECT_EQ(one.account, other.account);
  EXPECT_EQ(one.user, other.user);
  EXPECT_EQ(one.email, other.email);
  EXPECT_EQ(one.role, other.role);
  EXPECT_EQ(one.permissions, other.permissions);
  EXPECT_EQ(one.credential, other.credential);
  EXPECT_EQ(one.restrictions, other.restrictions);
  EXPECT_EQ(one.less_than_role, other.less_than_role);
  EXPECT_EQ(one.client, other.client);
  EXPECT_EQ(one.audience, other.audience);
  EXPECT_EQ(one.bound_key, other.bound_key);
  EXPECT_EQ(one.scopes, other.scopes);
}

TEST(Identity, KeepsAllFieldsInBothForms) {
  Identity flat;
  ASSERT_TRUE(flat.assign(kAlice));
  expect_same(flat.fields(), kAlice);
  expect_same(IdentityText(flat.fields()).fields(), kAlice);
}

TEST(Identity, TellsTheRestrictionsOfAPrincipal) {
  Principal principal;
  principal.kind = CredentialKind::ApiKey;
  principal.restrictions = "r5";
  EXPECT_EQ(IdentityText(principal).fields().restrictions, "r5");
  EXPECT_EQ(IdentityText(Principal()).fields().restrictions, "");
}

TEST(Identity, TellsAKeyThatMayLessThanItsOwnersRole) {
  Principal principal;
  principal.less_than_role = true;
  Identity flat;
  ASSERT_TRUE(flat.assign(IdentityText(principal).fields()));
  EXPECT_TRUE(flat.fields().less_than_role);
  EXPECT_TRUE(IdentityText(flat.fields()).fields().less_than_role);
  ASSERT_TRUE(flat.assign(kAlice));
  EXPECT_FALSE(flat.fields().less_than_role);
}

TEST(Identity, TellsAClientsToken) {
  Principal principal;
  principal.kind = CredentialKind::OAuthToken;
  principal.client_id = "c-1";
  principal.audience = {"https://a.example", "https://a.example/api"};
  principal.bound_key = "thumb";
  principal.scopes = {"openid", "read"};
  const IdentityText text(principal);
  const auto fields = text.fields();
  EXPECT_TRUE(fields.is_for_client());
  EXPECT_EQ(fields.audience, "https://a.example https://a.example/api");
  EXPECT_EQ(fields.bound_key, "thumb");
  EXPECT_EQ(fields.scopes, "openid read");
  EXPECT_TRUE(fields.is_for("https://a.example"));
  EXPECT_TRUE(fields.is_for("https://a.example/api"));
  EXPECT_FALSE(fields.is_for("https://a.example/"));
  EXPECT_FALSE(fields.is_for("https://a.example/a"));
  EXPECT_FALSE(fields.is_for(""));
  EXPECT_FALSE(kAlice.is_for_client());
  EXPECT_FALSE(kAlice.is_for("")) << "no audience is no wild card";
  Identity flat;
  ASSERT_TRUE(flat.assign(fields));
  expect_same(flat.fields(), fields);
  expect_same(IdentityText(flat.fields()).fields(), fields);
}

TEST(Identity, ACopyOfItsUsedBytesSaysAll) {
  Identity flat;
  ASSERT_TRUE(flat.assign(kAlice));
  Identity copy;
  std::memcpy(static_cast<void*>(&copy), &flat, flat.used_bytes());
  EXPECT_TRUE(copy.sound(flat.used_bytes()));
  expect_same(copy.fields(), kAlice);
  EXPECT_FALSE(copy.sound(flat.used_bytes() - 1)) << "cut short";
}

TEST(Identity, RestrictionsThatDoNotFitLeaveNobody) {
  Identity flat;
  auto fields = kAlice;
  fields.restrictions = {};
  ASSERT_TRUE(flat.assign(fields));
  const auto room = Identity::kMaxText - (flat.used_bytes() - Identity().used_bytes());
  const std::string line(room + 1, 'p');
  fields.restrictions = std::string_view(line).substr(1);
  EXPECT_TRUE(flat.assign(fields));
  EXPECT_EQ(flat.fields().restrictions.size(), room);
  fields.restrictions = line;
  EXPECT_FALSE(flat.assign(fields));
  expect_same(flat.fields(), {});
}

TEST(Identity, UnsoundEndsAreSeen) {
  Identity flat;
  ASSERT_TRUE(flat.assign(kAlice));
  const auto bytes = flat.used_bytes();
  for (std::size_t field = 0; field < 12; ++field) {  // the last says less_than_role
    Identity broken = flat;
    const std::uint16_t end = 2000;
    std::memcpy(reinterpret_cast<char*>(&broken) + field * sizeof(end), &end, sizeof(end));
    EXPECT_FALSE(broken.sound(bytes)) << field;
  }
}

}  // namespace
}  // namespace postern::domain
