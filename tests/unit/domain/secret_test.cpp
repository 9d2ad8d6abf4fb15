#include "domain/secret.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <new>
#include <ostream>
#include <type_traits>

namespace postern::domain {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

static_assert(!Printable<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, Secret>);

TEST(Secrets, CompareByContent) {
  const Secret secret("hunter2");
  EXPECT_TRUE(secret.equals("hunter2"));
  EXPECT_FALSE(secret.equals("hunter3"));
  EXPECT_FALSE(secret.equals("hunter"));
  EXPECT_FALSE(secret.equals(""));
  EXPECT_TRUE(Secret().equals(""));
}

TEST(Secrets, CompareWithNulBytesInFull) {
  const Secret secret(std::string("a\0b", 3));
  EXPECT_FALSE(secret.equals(std::string_view("a\0c", 3)));
  EXPECT_FALSE(secret.equals("a"));
}

TEST(Secrets, MovingLeavesNothingBehind) {
  Secret from("short");
  const Secret to(std::move(from));
  EXPECT_TRUE(to.equals("short"));
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): that is the question
}

TEST(Secrets, AreWipedWhenTheyGo) {
  alignas(Secret) std::array<unsigned char, sizeof(Secret)> place{};
  auto* secret = new (place.data()) Secret("inside");  // short enough to live in the object
  ASSERT_NE(memmem(place.data(), place.size(), "inside", 6), nullptr);
  secret->~Secret();
  EXPECT_EQ(memmem(place.data(), place.size(), "inside", 6), nullptr);
}

TEST(Secrets, AssignmentReplacesTheOldText) {
  Secret secret("the first one, long enough for the heap");
  secret = Secret("second");
  EXPECT_TRUE(secret.equals("second"));
  const Secret& same = secret;
  secret = same;
  EXPECT_TRUE(secret.equals("second"));
}

TEST(ConstantTimeEqual, ComparesBytes) {
  const std::array<std::uint8_t, 3> a{1, 2, 3};
  const std::array<std::uint8_t, 3> b{1, 2, 4};
  EXPECT_TRUE(constant_time_equal(a, a));
  EXPECT_FALSE(constant_time_equal(a, b));
  EXPECT_FALSE(constant_time_equal(a, std::span(a).first(2)));
}

}  // namespace
}  // namespace postern::domain
