#include "cli/mail/message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/mail/letter_words.hpp"
#include "cli/mail/smtp_dialogue.hpp"

namespace postern::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const auto kNow = domain::from_unix_seconds(1'800'000'000);

TEST(Message, HasTheHeadersOfALetterThatAProgramWrote) {
  const Message message{"0198-id", "ann@example.org", {"A subject", "", ""}};
  EXPECT_THAT(headers_of(message, {"", "postern@site.example"}, kNow),
              ElementsAre("Date: Fri, 15 Jan 2027 08:00:00 +0000", "From: postern@site.example",
                          "To: ann@example.org", "Subject: A subject",
                          "Message-ID: <0198-id@site.example>", "Auto-Submitted: auto-generated"));
}

TEST(Message, NamesAreQuotedOrEncoded) {
  const Message message{"id", "ann@example.org", {"s", "", ""}};
  EXPECT_EQ(headers_of(message, {"Site, of Ann", "a@b.example"}, kNow)[1],
            "From: \"Site, of Ann\" <a@b.example>");
  EXPECT_EQ(headers_of(message, {"Zoë", "a@b.example"}, kNow)[1],
            "From: =?UTF-8?B?Wm/Dqw==?= <a@b.example>");
}

TEST(Message, TextBeyondAsciiIsEncodedInWordsThatFit) {
  EXPECT_EQ(header_text("plain text"), "plain text");
  EXPECT_EQ(header_text("é"), "=?UTF-8?B?w6k=?=");
  EXPECT_EQ(header_text("=?UTF-8?Q?fake?="), "=?UTF-8?B?PT9VVEYtOD9RP2Zha2U/PQ==?=");
  std::string text;
  for (int i = 0; i < 100; ++i) text += "aé€𝄞";
  std::string rest = header_text(text);
  int words = 0;
  for (std::size_t end = 0; !rest.empty(); rest.erase(0, end), ++words) {
    end = rest.find("\r\n ");
    const auto word = rest.substr(0, end);
    EXPECT_LE(word.size(), 75U);
    EXPECT_TRUE(word.starts_with("=?UTF-8?B?") && word.ends_with("?=")) << word;
    end = end == std::string::npos ? rest.size() : end + 3;
  }
  EXPECT_GT(words, 10);
}

TEST(Message, ControlCharactersAreEncoded) {
  EXPECT_EQ(header_text("a\r\nBcc: b").find('\n'), std::string::npos);
}

TEST(Message, LinesEndAsSmtpWantsThem) {
  EXPECT_EQ(with_crlf("a\nb\r\nc"), "a\r\nb\r\nc");
  EXPECT_EQ(with_crlf(""), "");
}

TEST(LetterWords, AreForPeople) {
  EXPECT_EQ(words_of(kNow), "15 January 2027, 08:00 UTC");
  EXPECT_EQ(words_of(std::chrono::seconds(3600)), "1 hour");
  EXPECT_EQ(words_of(std::chrono::seconds(86400)), "24 hours");
  EXPECT_EQ(words_of(std::chrono::seconds(5400)), "90 minutes");
  EXPECT_EQ(words_of(std::chrono::seconds(61)), "61 seconds");
}

TEST(LetterWords, ProgramsAreToldByNamesOfOurOwn) {
  EXPECT_EQ(agent_words("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko Firefox/130.0"),
            "Firefox on Linux");
  EXPECT_EQ(agent_words("Mozilla/5.0 (Windows NT 10.0) AppleWebKit (KHTML, like Gecko) "
                        "Chrome/126.0 Safari/537.36 Edg/126.0"),
            "Edge on Windows");
  EXPECT_EQ(agent_words("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 "
                        "Mobile/15E148 Safari/604.1"),
            "Safari on iPhone");
  EXPECT_EQ(agent_words("curl/7.88.1"), "curl");
  EXPECT_EQ(agent_words("Your account is locked, go to http://evil.example"), "");
  EXPECT_EQ(agent_words(""), "");
}

SmtpDialogue dialogue(std::string_view command, std::string_view answer) {
  SmtpDialogue dialogue;
  dialogue.heard("220 mail.example ESMTP\r\n");
  dialogue.said("EHLO here\r\n");
  dialogue.heard("250 OK\r\n");
  dialogue.said(command);
  dialogue.heard(answer);
  dialogue.said("QUIT\r\n");
  dialogue.heard("221 2.0.0 Bye\r\n");
  return dialogue;
}

TEST(SmtpDialogue, TellsCodesAndNoTexts) {
  EXPECT_EQ(dialogue("RCPT TO:<ann@example.org>\r\n", "550 5.1.1 <ann@example.org> unknown\r\n")
                .refusal(),
            "RCPT: 550 5.1.1");
  EXPECT_EQ(dialogue("RCPT TO:<ann@example.org>\r\n", "450 busy\r\n").refusal(), "RCPT: 450");
  EXPECT_EQ(dialogue("MAIL FROM:<a@b>\r\n", "250 2.1.0 OK\r\n").refusal(), "");
  EXPECT_EQ(SmtpDialogue().refusal(), "");
}

TEST(SmtpDialogue, WhatIsSaidBehindAuthIsNoCommand) {
  SmtpDialogue dialogue;
  dialogue.said("AUTH PLAIN\r\n");
  dialogue.heard("334 \r\n");
  dialogue.said("AHVzZXIAcGFzc3dvcmQ=\r\n");
  dialogue.heard("535 5.7.8 no\r\n");
  EXPECT_EQ(dialogue.refusal(), "AUTH: 535 5.7.8");
}

TEST(SmtpDialogue, OnlyARecipientRefusedForGoodIsGivenUp) {
  const auto refused = [](std::string_view command, std::string_view answer) {
    return dialogue(command, answer).recipient_refused();
  };
  EXPECT_TRUE(refused("RCPT TO:<a@b>\r\n", "550 5.1.1 unknown\r\n"));
  EXPECT_TRUE(refused("RCPT TO:<a@b>\r\n", "553 no\r\n"));
  EXPECT_FALSE(refused("RCPT TO:<a@b>\r\n", "450 4.2.1 later\r\n"));
  EXPECT_FALSE(refused("RCPT TO:<a@b>\r\n", "554 5.7.1 relay access denied\r\n"));
  EXPECT_FALSE(refused("MAIL FROM:<a@b>\r\n", "550 5.1.8 sender unknown\r\n"));
  EXPECT_FALSE(refused("AUTH PLAIN x\r\n", "535 5.7.8 no\r\n"));
  EXPECT_FALSE(refused("DATA\r\n", "554 5.6.0 content\r\n"));
}

}  // namespace
}  // namespace postern::cli
