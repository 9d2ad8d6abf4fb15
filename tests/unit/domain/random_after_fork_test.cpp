#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <string>

#include "domain/es256.hpp"
#include "domain/random.hpp"
#include "domain/uuid.hpp"

namespace postern::domain {
namespace {

constexpr int kChildren = 8;
constexpr int kEach = 1000;

/// What a worker makes: ids, secrets of keys, and signatures, one a line.
std::string make_lines() {
  SodiumRandom random;
  std::string lines;
  for (int i = 0; i < kEach; ++i) {
    lines += SessionId::make(from_unix_seconds(1'800'000'000), random).text() + '\n';
    lines += random_base62(random, 32) + '\n';
  }
  return lines;
}

/// A signature's r is its nonce's point: the same r twice gives the private key away.
std::string sign_lines(const Es256Key& key) {
  std::string lines;
  for (int i = 0; i < kEach / 10; ++i) {
    lines += hex_encode(ByteView(key.sign("the same text")).first(32)) + '\n';
  }
  return lines;
}

void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto written = write(descriptor, text.data(), text.size());
    if (written <= 0) _exit(1);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string read_all(int descriptor) {
  std::string text;
  char buffer[4096];
  for (ssize_t n = 0; (n = read(descriptor, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(n));
  }
  return text;
}

/// The lines that each child of a fork makes, after the parent has used the generators itself.
template <class Work>
std::string lines_of_children(Work work) {
  std::string all;
  int ends[kChildren];
  for (int& end : ends) {
    int channel[2];
    EXPECT_EQ(pipe(channel), 0);
    if (fork() == 0) {
      write_all(channel[1], work());
      _exit(0);
    }
    close(channel[1]);
    end = channel[0];
  }
  for (const int end : ends) {
    all += read_all(end);
    close(end);
  }
  while (wait(nullptr) > 0) {
  }
  return all;
}

std::size_t distinct_lines(const std::string& text, std::size_t& total) {
  std::set<std::string> seen;
  total = 0;
  for (std::size_t at = 0; at < text.size(); ++total) {
    const auto end = text.find('\n', at);
    seen.insert(text.substr(at, end - at));
    at = end + 1;
  }
  return seen.size();
}

TEST(RandomAfterFork, EightChildrenMakeNoIdAndNoKeyTwice) {
  const auto own = make_lines();
  std::size_t total = 0;
  EXPECT_EQ(distinct_lines(own + lines_of_children(make_lines), total), total);
  EXPECT_EQ(total, std::size_t{2} * kEach * (kChildren + 1));
}

TEST(RandomAfterFork, EightChildrenUseNoNonceTwice) {
  const auto key = Es256Key::generate();
  const auto own = sign_lines(key);
  std::size_t total = 0;
  EXPECT_EQ(distinct_lines(own + lines_of_children([&] { return sign_lines(key); }), total), total);
  EXPECT_EQ(total, std::size_t{kEach} / 10 * (kChildren + 1));
}

}  // namespace
}  // namespace postern::domain
