#include <gtest/gtest.h>

#include "handlers/sso/issuer.hpp"

namespace postern::handlers::sso {
namespace {

constexpr const char* kCompany = "11111111-2222-3333-4444-555555555555";
constexpr const char* kStranger = "99999999-2222-3333-4444-555555555555";
constexpr const char* kPersonal = "9188040d-6c67-4c5b-b112-36a304b66dad";

Provider provider(const std::string& issuer, std::vector<std::string> tenants = {}) {
  Provider made;
  made.issuer = issuer;
  made.tenants = std::move(tenants);
  return made;
}

std::string microsoft(const std::string& directory) {
  return "https://login.microsoftonline.com/" + directory + "/v2.0";
}

bool takes(const Provider& from, const std::string& tenant) {
  return accepts_token_issuer(from, microsoft(tenant), tenant);
}

TEST(SsoIssuer, IsComparedToTheLetter) {
  const auto one = provider("https://login.example/realms/a");
  EXPECT_TRUE(accepts_metadata_issuer(one, "https://login.example/realms/a"));
  EXPECT_TRUE(accepts_response_issuer(one, "https://login.example/realms/a"));
  EXPECT_TRUE(accepts_token_issuer(one, "https://login.example/realms/a", std::nullopt));
  for (const char* other :
       {"https://login.example/realms/a/", "https://login.example/realms/b",
        "https://Login.example/realms/a", "http://login.example/realms/a", ""}) {
    EXPECT_FALSE(accepts_metadata_issuer(one, other)) << other;
    EXPECT_FALSE(accepts_response_issuer(one, other)) << other;
    EXPECT_FALSE(accepts_token_issuer(one, other, std::nullopt)) << other;
  }
}

TEST(SsoIssuer, OnlyMicrosoftsSharedDirectoriesSpeakForOthers) {
  for (const char* directory : {"common", "organizations", "consumers"}) {
    EXPECT_TRUE(is_shared_directory(microsoft(directory)));
    EXPECT_TRUE(accepts_metadata_issuer(provider(microsoft(directory)), microsoft("{tenantid}")));
    EXPECT_FALSE(accepts_metadata_issuer(provider(microsoft(directory)), microsoft(directory)));
  }
  EXPECT_FALSE(is_shared_directory(microsoft(kCompany)));
  EXPECT_FALSE(is_shared_directory("https://login.microsoftonline.com.evil.test/common/v2.0"));
  EXPECT_FALSE(accepts_metadata_issuer(provider("https://login.example/common/v2.0"),
                                       "https://login.example/{tenantid}/v2.0"));
  EXPECT_FALSE(accepts_metadata_issuer(provider(microsoft(kCompany)), microsoft("{tenantid}")));
}

TEST(SsoIssuer, TheTenantMustBeTheIssuersAndOnTheList) {
  const auto common = provider(microsoft("common"), {kCompany});
  EXPECT_TRUE(takes(common, kCompany));
  EXPECT_FALSE(takes(common, kStranger));
  EXPECT_FALSE(accepts_token_issuer(common, microsoft(kCompany), kStranger));
  EXPECT_FALSE(accepts_token_issuer(common, microsoft(kStranger), kCompany));
  EXPECT_FALSE(accepts_token_issuer(common, microsoft(kCompany), std::nullopt));
  EXPECT_FALSE(accepts_token_issuer(common, microsoft("{tenantid}"), "{tenantid}"));
  EXPECT_FALSE(accepts_token_issuer(common, microsoft("common"), "common"));
}

TEST(SsoIssuer, AnybodysDirectoryOnlyWhereItIsSaid) {
  EXPECT_FALSE(takes(provider(microsoft("common")), kCompany));
  EXPECT_TRUE(takes(provider(microsoft("common"), {"*"}), kStranger));
  EXPECT_TRUE(takes(provider(microsoft("common"), {"*"}), kPersonal));
  EXPECT_TRUE(takes(provider(microsoft("organizations"), {"*"}), kStranger));
  EXPECT_FALSE(takes(provider(microsoft("organizations"), {"*"}), kPersonal));
  EXPECT_TRUE(takes(provider(microsoft("consumers")), kPersonal));
  EXPECT_FALSE(takes(provider(microsoft("consumers"), {"*"}), kCompany));
}

TEST(SsoIssuer, OneTenantsOwnIssuerCanBeNarrowedToo) {
  EXPECT_TRUE(takes(provider(microsoft(kCompany)), kCompany));
  EXPECT_TRUE(takes(provider(microsoft(kCompany), {kCompany}), kCompany));
  EXPECT_FALSE(takes(provider(microsoft(kCompany), {kStranger}), kCompany));
}

TEST(SsoIssuer, AResponseNamesSomeTenant) {
  const auto common = provider(microsoft("common"), {kCompany});
  EXPECT_TRUE(accepts_response_issuer(common, microsoft(kCompany)));
  EXPECT_FALSE(accepts_response_issuer(common, "https://evil.test/v2.0"));
  EXPECT_FALSE(accepts_response_issuer(common, microsoft("{tenantid}")));
}

TEST(SsoIssuer, AKeyThatNamesAnIssuerSignsForItAlone) {
  EXPECT_TRUE(key_signs_for("", "https://a.example", std::nullopt));
  EXPECT_TRUE(key_signs_for("https://a.example", "https://a.example", std::nullopt));
  EXPECT_FALSE(key_signs_for("https://b.example", "https://a.example", std::nullopt));
  EXPECT_TRUE(key_signs_for(microsoft("{tenantid}"), microsoft(kCompany), kCompany));
  EXPECT_FALSE(key_signs_for(microsoft(kStranger), microsoft(kCompany), kCompany));
  EXPECT_FALSE(key_signs_for(microsoft("{tenantid}"), microsoft(kCompany), std::nullopt));
}

}  // namespace
}  // namespace postern::handlers::sso
