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
  for (std::size_t field = 0; field < 8; ++field) {  // the last says less_than_role
    Identity broken = flat;
    const std::uint16_t end = 2000;
    std::memcpy(reinterpret_cast<char*>(&broken) + field * sizeof(end), &end, sizeof(end));
    EXPECT_FALSE(broken.sound(bytes)) << field;
  }
}

}  // namespace
}  // namespace postern::domain
