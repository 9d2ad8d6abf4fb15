#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "domain/policy.hpp"

namespace {

thread_local std::size_t allocations = 0;

}  // namespace

// This program's own, so that a test can see whether the heap was asked. Not inlined: g++ 12 would
// see free() meet a `new` and call it a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace postern::domain {
namespace {

TEST(PolicyAllocation, FindAsksTheHeapForNothing) {
  std::vector<Rule> rules;
  for (int i = 0; i < 1000; ++i) {
    rules.push_back({"/members/a-name-that-is-too-long-to-be-kept-in-place-" + std::to_string(i) +
                         (i % 2 == 0 ? "/*" : "/**"),
                     {"PROPFINDANDSOMETHINGMORE", "GET"},
                     {}});
  }
  const auto policy = Policy::make(rules).value();
  std::string deep = rules[999].path + "/x";
  for (int i = 0; i < 2000; ++i) deep += "/aa";
  const std::string method = "PROPFINDANDSOMETHINGMORE", other = std::string(60, 'X');

  const std::size_t before = allocations;
  const bool found = policy.find(method, deep) != nullptr;
  const bool refused = policy.find(other, deep) == nullptr && policy.find("GET", "/") == nullptr;
  const std::size_t after = allocations;
  EXPECT_TRUE(found);
  EXPECT_TRUE(refused);
  EXPECT_EQ(after, before);
  EXPECT_GT(before, 1000U);  // they are counted
}

}  // namespace
}  // namespace postern::domain
