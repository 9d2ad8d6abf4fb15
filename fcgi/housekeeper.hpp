#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "fcgi/backoff.hpp"
#include "fcgi/master.hpp"

namespace postern::fcgi {

/// The master's view of its one housekeeper process; like Pool, it never waits.
class Housekeeper {
 public:
  /// `strangers` are descriptors that the process must not keep.
  Housekeeper(std::vector<int> strangers, const Program& program, SharedSegment& shared);

  /// Replaces one that died, or has given no sign of life for `patience` milliseconds.
  void tick(std::int64_t now, std::int64_t patience);
  /// Asks it to go; tick() starts another unless stop() was called.
  void restart(std::int64_t now);
  void stop(std::int64_t now);
  bool reap(pid_t pid, std::int64_t now);
  [[nodiscard]] bool empty() const { return pid_ == 0; }

 private:
  void spawn(std::int64_t now);
  int live() const;

  std::vector<int> strangers_;
  const Program& program_;
  SharedSegment& shared_;
  Backoff backoff_;
  pid_t pid_ = 0;
  std::int64_t started_ = 0, told_ = 0;
  bool stopping_ = false;
};

}  // namespace postern::fcgi
