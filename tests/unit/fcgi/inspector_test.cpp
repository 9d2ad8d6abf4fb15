#include "fcgi/inspector.hpp"

#include <gtest/gtest.h>

#include <random>

#include "fcgi/record.hpp"

namespace postern::fcgi {
namespace {

std::string record(int type, std::string_view content, int id = 1, int padding = 0) {
  const auto size = content.size();
  std::string out = {1,
                     static_cast<char>(type),
                     static_cast<char>(id >> 8),
                     static_cast<char>(id & 255),
                     static_cast<char>(size >> 8),
                     static_cast<char>(size & 255),
                     static_cast<char>(padding),
                     0};
  return out.append(content).append(static_cast<std::size_t>(padding), '\0');
}

std::string begin(int role) {
  return record(1, std::string{0, static_cast<char>(role), 0, 0, 0, 0, 0, 0});
}

std::string pair(std::string_view name, std::string_view value) {
  std::string out = {static_cast<char>(name.size()), static_cast<char>(value.size())};
  return out.append(name).append(value);
}

std::string post(std::string_view length, std::string_view body) {
  const std::string params = pair("REQUEST_METHOD", "POST") + pair("CONTENT_LENGTH", length);
  return begin(1) + record(4, params) + record(4, "") + record(5, body) + record(5, "");
}

constexpr LimitSettings kLimits{.body = 100, .params = 200, .param = 50, .param_count = 10};

Verdict verdict(std::string_view bytes, Door door = Door::Api) {
  return Inspector(door, kLimits).inspect(bytes).verdict;
}

TEST(Inspection, EveryPrefixOfASoundRequestNeedsMore) {
  const std::string bytes = post("3", "abc");
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_EQ(verdict(std::string_view(bytes).substr(0, i)), Verdict::More) << i;
  }
  EXPECT_EQ(verdict(bytes), Verdict::Whole);
}

TEST(Inspection, TellsWhatItSaw) {
  Inspector inspector(Door::Api, kLimits);
  const Inspection& seen = inspector.inspect(post("3", "abc"));
  EXPECT_EQ(seen.request_id, 1);
  EXPECT_EQ(seen.role, Role::Responder);
  EXPECT_EQ(seen.body_size, 3U);
  ASSERT_EQ(seen.params.size(), 2U);
  EXPECT_EQ(seen.params[1].first, "CONTENT_LENGTH");
}

TEST(Inspection, TheGateAndTheAuthorizerWaitForNoBody) {
  const std::string head = begin(1) + record(4, pair("CONTENT_LENGTH", "9")) + record(4, "");
  EXPECT_EQ(verdict(head), Verdict::More);
  EXPECT_EQ(verdict(head, Door::Gate), Verdict::Whole);
  const std::string authorizer = begin(2) + record(4, pair("CONTENT_LENGTH", "9")) + record(4, "");
  EXPECT_EQ(verdict(authorizer), Verdict::Whole);
}

TEST(Inspection, B7Cve202523016ImpossibleLengthsAreRefusedWhenAnnounced) {
  for (const std::string& lengths :
       {std::string("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8), std::string("\xC0\0\0\0\xC0\0\0\0", 8),
        std::string("\x80\0\0\x33\0", 5), std::string("\0\x80\0\0\x33", 5)}) {
    Inspector inspector(Door::Api, kLimits);
    const Inspection& seen = inspector.inspect(begin(1) + record(4, lengths));
    EXPECT_EQ(seen.verdict, Verdict::Refuse);
    EXPECT_EQ(seen.status, 431);
  }
}

TEST(Inspection, ABodyIsExactlyAsLongAsAnnounced) {
  EXPECT_EQ(verdict(post("3", "ab")), Verdict::Refuse);
  EXPECT_EQ(verdict(post("3", "abcd")), Verdict::Refuse);
  EXPECT_EQ(verdict(post("-3", "abc")), Verdict::Refuse);
  Inspector inspector(Door::Api, kLimits);
  EXPECT_EQ(inspector.inspect(post("101", "")).status, 413);
}

TEST(Inspection, B746DamageIsJudgedInTheLimitsWhateverItSays) {
  std::mt19937 chance(2016);
  const std::string sound = post("3", "abc");
  std::uniform_int_distribution<std::size_t> where(0, sound.size() - 1);
  std::uniform_int_distribution<int> byte(0, 255);
  Inspector inspector(Door::Api, kLimits);
  for (int round = 0; round < 100'000; ++round) {
    std::string bytes = sound;
    for (int i = 0; i < 3; ++i) bytes[where(chance)] = static_cast<char>(byte(chance));
    const Inspection& seen = inspector.inspect(bytes);
    ASSERT_LE(seen.params.size(), kLimits.param_count);
    ASSERT_LE(seen.body_size, kLimits.body);
    if (seen.verdict == Verdict::Refuse) {
      ASSERT_TRUE(seen.status == 400 || seen.status == 413 || seen.status == 431);
    }
    for (const auto& [name, value] : seen.params) {
      ASSERT_LE(name.size(), kLimits.param);
      ASSERT_LE(value.size(), kLimits.param);
    }
  }
}

TEST(Inspection, WhatIsRefusedIsNotAcceptedWithMoreBytes) {
  std::mt19937 chance(99);
  const std::string sound = post("3", "abc");
  std::uniform_int_distribution<std::size_t> where(0, sound.size() - 1);
  std::uniform_int_distribution<int> byte(0, 255);
  for (int round = 0; round < 2'000; ++round) {
    std::string bytes = sound;
    bytes[where(chance)] = static_cast<char>(byte(chance));
    bool refused = false;
    for (std::size_t i = 0; i <= bytes.size(); ++i) {
      const Verdict now = verdict(std::string_view(bytes).substr(0, i));
      if (refused) {
        ASSERT_TRUE(now == Verdict::Refuse || now == Verdict::Drop);
      }
      refused = refused || now == Verdict::Refuse || now == Verdict::Drop;
    }
  }
}

TEST(AnswerRecords, AreStdoutItsEndAndTheEndOfTheRequest) {
  EXPECT_EQ(answer_records(258, "hi"),
            std::string("\1\6\1\2\0\2\0\0hi\1\6\1\2\0\0\0\0\1\3\1\2\0\x8\0\0\0\0\0\0\0\0\0\0", 34));
  const std::string large = answer_records(1, std::string(65536, 'x'));
  EXPECT_EQ(large.size(), 65536 + 4 * kRecordHeader + 8);
}

}  // namespace
}  // namespace postern::fcgi
