#include "domain/revocation_message.hpp"

#include <gtest/gtest.h>

namespace postern::domain {
namespace {

constexpr const char* kFirst = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
constexpr const char* kSecond = "017f22e2-79b0-7cc3-98c4-dc0c0c073990";

std::vector<RevokedSubject> some(std::size_t count) {
  return std::vector<RevokedSubject>(count, RevokedSubject::account(*AccountId::parse(kFirst)));
}

TEST(RevocationMessageTest, SubjectsTravelAndComeBack) {
  const std::vector<RevokedSubject> subjects{RevokedSubject::account(*AccountId::parse(kFirst)),
                                             RevokedSubject::credential(*KeyId::parse(kSecond)),
                                             RevokedSubject::everything()};
  const auto text = subjects_text(subjects);
  EXPECT_EQ(text, std::string("a") + kFirst + " c" + kSecond + " *");
  EXPECT_EQ(parse_subjects(text), subjects);
}

TEST(RevocationMessageTest, R9OnlySoManySubjectsAreRead) {
  EXPECT_TRUE(parse_subjects(subjects_text(some(kMostSubjects))));
  EXPECT_FALSE(parse_subjects(subjects_text(some(kMostSubjects + 1))));
  EXPECT_LT(subjects_text(some(kMostSubjects)).size(), 7900U) << "what a notification holds";
}

TEST(RevocationMessageTest, AnythingElseIsNoSubject) {
  const std::string good = std::string("a") + kFirst;
  for (const auto& text : {std::string(), std::string(" "), good + " ", " " + good, good + "  *",
                           good + "x", "b" + good.substr(1), good.substr(1), std::string("**"),
                           good.substr(0, 36), "a" + good, std::string("*\n")})
    EXPECT_FALSE(parse_subjects(text)) << text;
}

TEST(RevocationMessageTest, EveryKindOfMessageIsRead) {
  const auto revoked = parse_message(std::string("revoked 42 c") + kFirst);
  ASSERT_TRUE(revoked);
  EXPECT_EQ(std::get<RevocationNotice>(*revoked).n, 42);
  EXPECT_EQ(std::get<RevocationNotice>(*revoked).subjects.size(), 1U);
  EXPECT_EQ(std::get<BeatNotice>(*parse_message("beat 0af.17")).id, "0af.17");
  EXPECT_EQ(std::get<FenceNotice>(*parse_message("fence 0af")).id, "0af");
}

TEST(RevocationMessageTest, AnythingElseIsNoMessage) {
  for (const auto* text :
       {"",
        " ",
        "hello",
        "revoked",
        "revoked ",
        "revoked 1",
        "revoked 1 ",
        "revoked x *",
        "revoked -1 *",
        "revoked 0 *",
        "revoked 1.5 *",
        "revoked 99999999999999999999 *",
        "revoked 1  *",
        "Revoked 1 *",
        "beat",
        "beat ",
        "beat x'y",
        "beat a b",
        "fence G",
        "fence 00000000000000000000000000000000000000000000000000000000000000000"})
    EXPECT_FALSE(parse_message(text)) << text;
}

}  // namespace
}  // namespace postern::domain
