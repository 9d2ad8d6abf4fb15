#include "domain/uuid.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace postern::domain {
namespace {

class FilledRandom final : public Random {
 public:
  explicit FilledRandom(std::uint8_t value) : value_(value) {}
  void fill(std::span<std::uint8_t> out) override { std::fill(out.begin(), out.end(), value_); }

 private:
  std::uint8_t value_;
};

// The example of RFC 9562, appendix A.6, has this time.
const Instant kExampleTime{std::chrono::milliseconds(0x017F22E279B0)};

TEST(UuidVersionSeven, StartsWithTheTimeAndCarriesVersionAndVariant) {
  FilledRandom zeros(0x00);
  FilledRandom ones(0xFF);
  EXPECT_EQ(Uuid::v7(kExampleTime, zeros).text(), "017f22e2-79b0-7000-8000-000000000000");
  EXPECT_EQ(Uuid::v7(kExampleTime, ones).text(), "017f22e2-79b0-7fff-bfff-ffffffffffff");
}

TEST(UuidVersionSeven, SortsByTime) {
  SodiumRandom random;
  const auto first = Uuid::v7(kExampleTime, random);
  const auto second = Uuid::v7(kExampleTime + std::chrono::milliseconds(1), random);
  EXPECT_LT(first, second);
  EXPECT_LT(first.text(), second.text());
}

TEST(UuidText, RoundTripsInEitherCase) {
  const auto uuid = Uuid::parse("017F22E2-79B0-7CC3-98c4-DC0C0C07398F");
  ASSERT_TRUE(uuid);
  EXPECT_EQ(uuid->text(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  EXPECT_EQ(Uuid::parse(uuid->text()), uuid);
}

TEST(UuidText, RefusesEveryOtherForm) {
  for (const char* text :
       {"", "017f22e279b07cc398c4dc0c0c07398f", "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e27-9b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2079b007cc3098c40dc0c0c07398f", " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f"})
    EXPECT_FALSE(Uuid::parse(text)) << text;
}

}  // namespace
}  // namespace postern::domain
