#include "cli/mail/letter_templates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "cli/mail/built_in_templates.hpp"
#include "cli/mail/mailer.hpp"

namespace postern::cli {
namespace {

using domain::MailKind;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr MailKind kAllKinds[] = {MailKind::ConfirmAddress,    MailKind::ResetPassword,
                                  MailKind::AlreadyRegistered, MailKind::Invitation,
                                  MailKind::NewSignIn,         MailKind::PasswordChanged,
                                  MailKind::FactorChanged,     MailKind::EmailChanged,
                                  MailKind::Approved,          MailKind::OneTimeCode};

Config config() {
  Config config;
  config.domain.issuer = "https://site.example:8443";
  config.mail.confirm_url = "https://site.example/confirm";
  config.mail.reset_url = "https://site.example/reset";
  return config;
}

/// With everything that any letter of the kind can be given.
domain::ReadyLetter full_letter(MailKind kind) {
  domain::ReadyLetter letter;
  letter.kind = kind;
  letter.to = "ann@example.org";
  letter.values = {
      {"username", "ann"},
      {"address", "192.0.2.9"},
      {"code", "pin_code"},
      {"role", "moderator"},
      {"email", "new@example.org"},
      {"how", "reset"},
      {"change", "enabled"},
      {"request_id", "r-1"},
      {"user_agent", "Mozilla/5.0 (Windows NT 10.0) Firefox/130.0 http://evil.example"}};
  if (kind == MailKind::ConfirmAddress || kind == MailKind::ResetPassword) {
    letter.token = domain::Secret("pml_secret");
    letter.good_for = std::chrono::hours(1);
  }
  if (kind == MailKind::OneTimeCode) letter.good_for = std::chrono::minutes(5);
  letter.asked_at = domain::from_unix_seconds(1'800'000'000);
  return letter;
}

LetterText rendered(const domain::ReadyLetter& letter) {
  return LetterTemplates("").render(name_of(letter.kind), values_of(letter, config()));
}

/// A directory of the test's own with one file in it.
class OwnTemplates : public ::testing::Test {
 protected:
  OwnTemplates() {
    std::string place =
        (std::filesystem::temp_directory_path() / "postern-letters-XXXXXX").string();
    if (::mkdtemp(place.data()) == nullptr) throw std::runtime_error("no place for a test");
    place_ = place;
  }
  ~OwnTemplates() override { std::filesystem::remove_all(place_); }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(place_ / name, std::ios::binary) << text;
  }
  std::filesystem::path place_;
};

TEST(LetterTemplates, EveryKindHasAllOfItsTexts) {
  std::set<std::string> names;
  for (const auto& file : built_in_templates()) names.insert(std::string(file.name));
  for (const auto kind : kAllKinds) {
    const std::string name(name_of(kind));
    for (const auto* suffix : {".subject.txt", ".txt", ".html"})
      EXPECT_TRUE(names.erase(name + suffix)) << name << suffix;
  }
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("layout.txt", "layout.html", "test.txt",
                                                     "test.html", "test.subject.txt"));
}

TEST(LetterTemplates, EveryKindIsFilledInWithAllValues) {
  for (const auto kind : kAllKinds) {
    const auto letter = rendered(full_letter(kind));
    for (const auto& text : {letter.subject, letter.text, letter.html}) {
      EXPECT_THAT(text, Not(HasSubstr("{{"))) << name_of(kind);
      EXPECT_THAT(text, Not(HasSubstr("}}"))) << name_of(kind);
      EXPECT_THAT(text, Not(HasSubstr("evil"))) << name_of(kind);
      EXPECT_THAT(text, Not(HasSubstr("r-1"))) << name_of(kind);
    }
    EXPECT_THAT(letter.subject, HasSubstr("site.example:8443")) << name_of(kind);
    EXPECT_EQ(letter.subject.find_first_of("\r\n"), std::string::npos) << name_of(kind);
    EXPECT_THAT(letter.text, HasSubstr("Hello ann,\n")) << name_of(kind);
    EXPECT_THAT(letter.html, HasSubstr("<p>Hello ann,</p>")) << name_of(kind);
    EXPECT_THAT(letter.text, Not(HasSubstr("<"))) << name_of(kind);
    EXPECT_THAT(letter.text, Not(HasSubstr("\n\n\n"))) << name_of(kind) << letter.text;
  }
}

TEST(LetterTemplates, EveryKindIsFilledInWithoutAnyValue) {
  for (const auto kind : kAllKinds) {
    domain::ReadyLetter bare;
    bare.kind = kind;
    const auto letter = rendered(bare);
    EXPECT_THAT(letter.text, HasSubstr("Hello,\n")) << name_of(kind);
    EXPECT_THAT(letter.text + letter.html, Not(HasSubstr("{{"))) << name_of(kind);
    EXPECT_THAT(letter.text, Not(HasSubstr("\n\n\n"))) << name_of(kind) << letter.text;
  }
}

TEST(LetterTemplates, LettersSayWhatTheyAreFor) {
  EXPECT_THAT(rendered(full_letter(MailKind::ResetPassword)).text,
              HasSubstr("\nhttps://site.example/reset#token=pml_secret\n"));
  EXPECT_THAT(rendered(full_letter(MailKind::ConfirmAddress)).text,
              HasSubstr("\nhttps://site.example/confirm#token=pml_secret\n"));
  EXPECT_THAT(rendered(full_letter(MailKind::ResetPassword)).text, HasSubstr("within 1 hour"));
  EXPECT_THAT(rendered(full_letter(MailKind::Invitation)).text, HasSubstr("\npin_code\n"));
  EXPECT_THAT(rendered(full_letter(MailKind::OneTimeCode)).text, HasSubstr("\npin_code\n"));
  EXPECT_THAT(rendered(full_letter(MailKind::OneTimeCode)).text, HasSubstr("within 5 minutes"));
  EXPECT_THAT(rendered(full_letter(MailKind::NewSignIn)).text,
              HasSubstr("When:  15 January 2027, 08:00 UTC\nFrom:  192.0.2.9\n"
                        "With:  Firefox on Windows\n"));
  EXPECT_THAT(rendered(full_letter(MailKind::EmailChanged)).text, HasSubstr("new@example.org"));
}

TEST(LetterTemplates, EachCauseAndEachChangeHasASentenceOfItsOwn) {
  std::set<std::string> texts;
  for (const auto* how : {"owner", "admin", "reset"}) {
    auto letter = full_letter(MailKind::PasswordChanged);
    letter.values["how"] = how;
    EXPECT_TRUE(texts.insert(rendered(letter).text).second) << how;
  }
  for (const auto* change : {"enabled", "disabled", "reset", "recovery_codes"}) {
    auto letter = full_letter(MailKind::FactorChanged);
    letter.values["change"] = change;
    EXPECT_TRUE(texts.insert(rendered(letter).text).second) << change;
  }
}

TEST(LetterTemplates, ValuesAreEscapedInHtmlAndNotInText) {
  auto letter = full_letter(MailKind::Invitation);
  letter.values["role"] = "<b>&\"role\"";
  const auto texts = rendered(letter);
  EXPECT_THAT(texts.html, HasSubstr("&lt;b&gt;&amp;&quot;role&quot;"));
  EXPECT_THAT(texts.html, Not(HasSubstr("<b>&")));
  EXPECT_THAT(texts.text, HasSubstr("<b>&\"role\""));
}

TEST(LetterTemplates, AValueIsNoTemplate) {
  auto letter = full_letter(MailKind::Invitation);
  letter.values["role"] = "{{code}} {{{code}}} {{#code}}";
  const auto texts = rendered(letter);
  EXPECT_THAT(texts.text, HasSubstr("{{code}} {{{code}}} {{#code}}"));
}

TEST(LetterTemplates, ASubjectStaysOneLine) {
  Config site = config();
  site.mail.site_name = "Site";
  auto values = values_of(full_letter(MailKind::Approved), site);
  values["site_name"] = "Site\r\nBcc: eve@example.org\r\n\r\nbody";
  const auto letter = LetterTemplates("").render("approved", values);
  EXPECT_EQ(letter.subject.find_first_of("\r\n"), std::string::npos) << letter.subject;
}

TEST_F(OwnTemplates, TakeThePlaceOfTheBuiltInOnes) {
  write("approved.txt", "Bienvenida, {{username}}.\n");
  write("unknown.txt", "nobody asks for it");
  const LetterTemplates templates(place_);
  const auto letter =
      templates.render("approved", values_of(full_letter(MailKind::Approved), config()));
  EXPECT_THAT(letter.text, HasSubstr("Bienvenida, ann."));
  EXPECT_THAT(letter.html, HasSubstr("was approved"));
}

TEST_F(OwnTemplates, ThatAreNoneAreRefusedByName) {
  write("approved.txt", "{{#open}} never closed");
  EXPECT_THROW(LetterTemplates{place_}, TemplateError);
  write("approved.txt", "not \xff UTF-8");
  EXPECT_THROW(LetterTemplates{place_}, TemplateError);
  write("approved.txt", std::string(64 * 1024 + 1, 'x'));
  EXPECT_THROW(LetterTemplates{place_}, TemplateError);
  EXPECT_THROW(LetterTemplates{place_ / "nowhere"}, TemplateError);
}

}  // namespace
}  // namespace postern::cli
