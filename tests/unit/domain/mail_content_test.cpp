#include "domain/mail_content.hpp"

#include <gtest/gtest.h>

namespace postern::domain {
namespace {

class MailContentTest : public ::testing::Test {
 protected:
  SodiumRandom random_;
  KeyRing ring_ = KeyRing::parse(KeyRing::make_line(1, random_)).value();
  MailId id_ = MailId::make(from_unix_seconds(1'800'000'000), random_);
};

TEST_F(MailContentTest, ComesBackAsItWas) {
  const MailContent content{"ann@example.org",
                            {{"code", "secret"}, {"empty", ""}, {"name", "Zoë \"<&>\n"}}};
  const auto opened = open_mail(ring_, id_, seal_mail(ring_, id_, content, random_));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->address, content.address);
  EXPECT_EQ(opened->values, content.values);
}

TEST_F(MailContentTest, ManyAndLongValuesFit) {
  MailContent content;
  for (int i = 0; i < 100; ++i)
    content.values["name" + std::to_string(i)] =
        std::string(static_cast<std::size_t>(i) * 100, 'x');
  const auto opened = open_mail(ring_, id_, seal_mail(ring_, id_, content, random_));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->values, content.values);
  EXPECT_EQ(opened->address, "");
}

TEST_F(MailContentTest, R5NothingOfItIsReadableInTheRow) {
  const auto sealed = seal_mail(ring_, id_, {"ann@example.org", {{"code", "secret"}}}, random_);
  const std::string row(sealed.begin(), sealed.end());
  EXPECT_EQ(row.find("ann@"), std::string::npos);
  EXPECT_EQ(row.find("secret"), std::string::npos);
  EXPECT_EQ(row.find("code"), std::string::npos);
}

TEST_F(MailContentTest, OpensInItsOwnRowAndUnderItsOwnKeyOnly) {
  const auto sealed = seal_mail(ring_, id_, {"ann@example.org", {}}, random_);
  const auto another = MailId::make(from_unix_seconds(1'800'000'001), random_);
  EXPECT_FALSE(open_mail(ring_, another, sealed));
  const auto ring = KeyRing::parse(KeyRing::make_line(2, random_)).value();
  EXPECT_FALSE(open_mail(ring, id_, sealed));
}

TEST_F(MailContentTest, WhatIsNoneIsNotOpened) {
  const std::string context = "mail:" + id_.text();
  for (const std::string& plain :
       {std::string(), std::string("\0\0\0", 3), std::string("\0\0\0\5ann", 7),
        std::string("\xff\xff\xff\xff", 4), std::string("\0\0\0\0\0\0\0\1n", 9)}) {
    EXPECT_FALSE(open_mail(ring_, id_, ring_.seal(context, as_bytes(plain), random_)))
        << plain.size();
  }
  EXPECT_FALSE(open_mail(ring_, id_, Bytes{}));
}

}  // namespace
}  // namespace postern::domain
