#include "domain/mail_link_text.hpp"

#include <gtest/gtest.h>

#include <set>

namespace postern::domain {
namespace {

TEST(MailLinkText, IsItsOwn) {
  SodiumRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const Secret text = make_mail_link_text(random);
    EXPECT_TRUE(is_mail_link_text(text.reveal()));
    EXPECT_TRUE(text.reveal().starts_with("pml_"));
    EXPECT_EQ(text.size(), 53U);
    EXPECT_TRUE(seen.insert(std::string(text.reveal())).second);
  }
}

TEST(MailLinkText, EveryChangedCharacterIsNoticed) {
  SodiumRandom random;
  const std::string text(make_mail_link_text(random).reveal());
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'a' ? 'b' : 'a';
    EXPECT_FALSE(is_mail_link_text(changed)) << i;
  }
}

TEST(MailLinkText, R10NoOtherLengthOrFormIsOne) {
  SodiumRandom random;
  const std::string text(make_mail_link_text(random).reveal());
  EXPECT_FALSE(is_mail_link_text(""));
  EXPECT_FALSE(is_mail_link_text(text.substr(0, text.size() - 1)));
  EXPECT_FALSE(is_mail_link_text(text + "a"));
  EXPECT_FALSE(is_mail_link_text(" " + text.substr(1)));
  EXPECT_FALSE(is_mail_link_text(text.substr(4)));
}

}  // namespace
}  // namespace postern::domain
