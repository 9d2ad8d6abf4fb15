#include "domain/text.hpp"

#include <gtest/gtest.h>

#include <array>

namespace postern::domain {
namespace {

std::string reason(const Outcome& outcome) {
  return outcome ? "fine" : outcome.error().reason;
}

TEST(CleanText, TakesWellFormedUtf8) {
  for (const char* text : {"", "plain", "Grüße", "日本語", "\xF0\x9F\x94\x91", "\xF4\x8F\xBF\xBF",
                           "\xEF\xBF\xBF", "tab\tand\nline"})
    EXPECT_TRUE(is_clean_text(text)) << text;
}

// CVE-2025-1094 began with invalid encoding; A10.1 with an embedded NUL.
TEST(CleanText, B743RefusesNulAndMalformedUtf8) {
  EXPECT_FALSE(is_clean_text(std::string_view("a\0b", 3)));
  for (const char* text :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xFF", "\xC3", "\xE2\x82", "\xF0\x9F\x94", "\xC3(", "ok\xE2(\xA1"})
    EXPECT_FALSE(is_clean_text(text)) << text;
}

TEST(CleanText, CountsCodePointsNotBytes) {
  EXPECT_EQ(code_points("Grüße"), 5U);
  EXPECT_EQ(code_points("\xF0\x9F\x94\x91x"), 2U);
}

TEST(PrintableExcerpt, Cve202142574WhatTurnsTheDirectionOfTextOrBreaksLinesIsNotShown) {
  for (const char* turn : {"\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x80\xA8", "\xE2\x80\xA9",
                           "\xE2\x80\xAA", "\xE2\x80\xAE", "\xE2\x81\xA6", "\xE2\x81\xA9"}) {
    EXPECT_EQ(printable_excerpt(std::string("ann") + turn + "moc", 10), "ann?moc");
    EXPECT_FALSE(check_label("name", std::string("ann") + turn, 20));
  }
  for (const char* other :
       {"\xE2\x80\x8D", "\xE2\x80\x90", "\xE2\x80\xA7", "\xE2\x80\xAF", "\xE2\x82\xAC"}) {
    EXPECT_EQ(printable_excerpt(other, 10), other);
  }
}

constexpr std::array kHidden{"\u00AD",     "\u034F",     "\u115F",     "\u1160",    "\u17B4",
                             "\u17B5",     "\u180B",     "\u180F",     "\u200B",    "\u2060",
                             "\u2064",     "\u2065",     "\u206A",     "\u206F",    "\u3164",
                             "\uFEFF",     "\uFFA0",     "\uFFF0",     "\uFFF8",    "\U0001BCA0",
                             "\U0001D17A", "\U000E0001", "\U000E007F", "\U000E0FFF"};

TEST(PrintableExcerpt, WhatShowsNothingIsSeen) {
  for (const char* hidden : kHidden) {
    EXPECT_EQ(printable_excerpt(std::string("an") + hidden + "n", 10), "an?n");
    EXPECT_EQ(reason(check_label("name", std::string("an") + hidden + "n", 10)),
              "invalid_characters");
  }
  EXPECT_EQ(printable_excerpt("\u061C", 1), "?") << "it turns the direction";
}

TEST(PrintableExcerpt, JoinersOfEmojiAndScriptsStay) {
  for (const char* name :
       {"Ann \U0001F469\u200D\U0001F4BB", "\u2764\uFE0F",
        "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647", "\u845B\U000E0100\u57CE"}) {
    EXPECT_EQ(printable_excerpt(name, 20), name);
    EXPECT_EQ(visible_excerpt(name, 20), name);
    EXPECT_EQ(reason(check_label("name", name, 20)), "fine");
  }
  EXPECT_EQ(reason(check_label("name", "\u200D\uFE0F", 20)), "too_short") << "they join nothing";
}

TEST(VisibleExcerpt, LeavesOutWhatShowsNothing) {
  for (const char* hidden : kHidden) {
    EXPECT_EQ(visible_excerpt(std::string("an") + hidden + "n", 3), "ann");
    EXPECT_EQ(visible_excerpt(hidden, 3), "");
  }
  EXPECT_EQ(visible_excerpt("a\u202Eb", 3), "a?b");
  EXPECT_EQ(visible_excerpt("\xFF", 3), "?");
}

TEST(VisibleExcerpt, IsNothingWhereNothingCanBeSeen) {
  for (const char* blank : {"", " ", "\u00A0\u2007", "\u2800\u3000", "\u200D", "\u200B \uFE0F"}) {
    EXPECT_EQ(visible_excerpt(blank, 10), "");
  }
}

TEST(VisibleExcerpt, DoesNotMakeSomethingNewOfBytesThatStoodApart) {
  EXPECT_EQ(visible_excerpt("\xE2\u200B\x80\x8B", 10), "???");
}

TEST(PrintableExcerpt, ReplacesWhatCannotBeShownAndCuts) {
  EXPECT_EQ(printable_excerpt("a\r\nb\x7F\xC2\x85z", 100), "a??b??z");
  EXPECT_EQ(printable_excerpt(std::string_view("a\0b", 3), 100), "a?b");
  EXPECT_EQ(printable_excerpt("\xFFGrüße", 4), "?Grü");
  EXPECT_TRUE(is_clean_text(printable_excerpt("\xE2\x82", 10)));
}

TEST(Usernames, AllowWhatAHeaderCanCarry) {
  for (const char* name : {"a", "Alice", "a.b_c@d+e-f", "0"})
    EXPECT_EQ(reason(check_username(name)), "fine") << name;
  EXPECT_EQ(reason(check_username("")), "too_short");
  EXPECT_EQ(reason(check_username(std::string(150, 'a'))), "fine");
  EXPECT_EQ(reason(check_username(std::string(151, 'a'))), "too_long");
  for (const char* name : {"a b", "a\n", "a/b", "a'", "a:b", "<a>", "\x7F"})
    EXPECT_EQ(reason(check_username(name)), "invalid_characters") << name;
  EXPECT_EQ(reason(check_username(std::string_view("a\0b", 3))), "invalid_characters");
}

// CVE-2019-19844: letters that fold to ASCII ones outside ASCII (Kelvin sign, long s, dotless i).
TEST(Usernames, Cve201919844HaveNoLookAlikes) {
  for (const char* name : {"\u212Aim", "\u017Fam", "m\u0131ke", "ａlice"})
    EXPECT_EQ(reason(check_username(name)), "invalid_characters") << name;
}

TEST(EmailAddresses, NeedTwoSidesAndADottedDomain) {
  for (const char* address : {"a@b.c", "Ann.O'Neil+x@mail.example.org", "a@x-1.example"})
    EXPECT_EQ(reason(check_email(address)), "fine") << address;
  for (const char* address :
       {"@b.c", "a@b", "a@.c", "a@b.", "a@b..c", "abc", "a@-b.c", "a@b-.c", "a@b.c-", "a@b_c.d"})
    EXPECT_EQ(reason(check_email(address)), "invalid") << address;
  EXPECT_EQ(reason(check_email("a@")), "too_short");
  EXPECT_EQ(reason(check_email(std::string(249, 'a') + "@b.cc")), "fine");
  EXPECT_EQ(reason(check_email(std::string(250, 'a') + "@b.cc")), "too_long");
  for (const char* address : {"a b@c.d", "a@c.d\n", "\xC3\xBC@b.c", "a@b\xC3\xBC.c"})
    EXPECT_EQ(reason(check_email(address)), "invalid_characters") << address;
}

TEST(EmailAddresses, Cve202640574HaveOneAtSign) {
  EXPECT_EQ(reason(check_email("a@evil.com@good.com")), "invalid");
  EXPECT_EQ(reason(check_email("a@@good.com")), "invalid");
}

TEST(Labels, AreBoundedCleanAndOneLine) {
  EXPECT_EQ(reason(check_label("name", "Deploy key ü", 100)), "fine");
  EXPECT_EQ(reason(check_label("name", "", 100)), "too_short");
  EXPECT_EQ(reason(check_label("name", std::string(101, 'x'), 100)), "too_long");
  EXPECT_EQ(reason(check_label("name", std::string(401, '\xFF'), 100)), "too_long");
  EXPECT_EQ(reason(check_label("name", "üüü", 3)), "fine");
  EXPECT_EQ(reason(check_label("name", "üüüü", 3)), "too_long");
  for (const char* text : {"a\nb", "a\x1B[31m", "\xFF", "\xC2\x9F"})
    EXPECT_EQ(reason(check_label("name", text, 100)), "invalid_characters") << text;
  EXPECT_EQ(check_label("name", "", 100).error().field, "name");
}

TEST(Folding, IsAsciiLowerCaseAndIdempotent) {
  EXPECT_EQ(fold("AZaz09Ü@[`{"), "azaz09Ü@[`{");
  for (const char* text : {"Alice", "İ", "ẞ", "A@B.C"}) EXPECT_EQ(fold(fold(text)), fold(text));
}

TEST(Times, AreRfc3339InUtc) {
  const Instant instant = from_unix_seconds(1'800'000'000) + std::chrono::microseconds(42);
  EXPECT_EQ(rfc3339_micros(instant), "2027-01-15T08:00:00.000042Z");
  EXPECT_EQ(rfc3339(instant), "2027-01-15T08:00:00Z");
  EXPECT_EQ(rfc3339(from_unix_seconds(-1)), "1969-12-31T23:59:59Z");
  EXPECT_EQ(rfc3339(from_unix_seconds(2'147'483'648)), "2038-01-19T03:14:08Z");
  EXPECT_EQ(rfc3339(from_unix_seconds(951'782'400)), "2000-02-29T00:00:00Z");
}

}  // namespace
}  // namespace postern::domain
