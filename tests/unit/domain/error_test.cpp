#include "domain/error.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "domain/audit.hpp"

namespace postern::domain {
namespace {

bool is_snake_case(std::string_view name) {
  if (name.empty()) return false;
  for (const char c : name) {
    if (c != '_' && (c < 'a' || c > 'z')) return false;
  }
  return true;
}

TEST(ErrorNames, AreDistinctSnakeCase) {
  std::set<std::string> names;
  const int count = static_cast<int>(Errc::RefreshReused) + 1;
  for (int code = 0; code < count; ++code) {
    const std::string name = name_of(static_cast<Errc>(code));
    EXPECT_TRUE(is_snake_case(name)) << name;
    EXPECT_NE(name, "unknown");
    names.insert(name);
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(count));
}

TEST(AuditNames, AreDistinctSnakeCase) {
  std::set<std::string_view> names;
  const int count = static_cast<int>(AuditEvent::SigningKeyCreated) + 1;
  for (int event = 0; event < count; ++event) {
    const auto name = name_of(static_cast<AuditEvent>(event));
    EXPECT_TRUE(is_snake_case(name)) << name;
    EXPECT_NE(name, "unknown");
    names.insert(name);
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(count));
}

}  // namespace
}  // namespace postern::domain
