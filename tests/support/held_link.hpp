#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace postern::test {

/// A way to the test's server that can be held (nothing gets through, nobody is told, as behind a
/// firewall that drops) and cut (connections end, new ones are refused).
class HeldLink {
 public:
  HeldLink();
  ~HeldLink();
  HeldLink(const HeldLink&) = delete;
  HeldLink& operator=(const HeldLink&) = delete;

  /// `url` of the test's server, by this way.
  [[nodiscard]] std::string through(const std::string& url) const;

  void hold() { held_ = true; }
  void release() { held_ = false; }
  void cut();
  void mend();

 private:
  struct Pair {
    int near, far;
  };

  void open();
  void close_all();
  void carry();
  void accept_one();
  static bool pass_on(int from, int to);

  std::string directory_, server_;
  int listener_ = -1;
  std::vector<Pair> pairs_;
  std::atomic<bool> held_{false}, cut_{false}, is_cut_{false}, ended_{false};
  std::thread carrier_;
};

}  // namespace postern::test
