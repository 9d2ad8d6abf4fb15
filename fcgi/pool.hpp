#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "fcgi/backoff.hpp"
#include "fcgi/master.hpp"
#include "fcgi/worker.hpp"

namespace postern::fcgi {

/// The master's view of the workers of one crew. Nothing here waits: tick() is called a few times a
/// second and after every death.
class Pool {
 public:
  /// `strangers` are descriptors that this pool's workers must not keep.
  Pool(const Station& station, std::vector<int> strangers, const Program& program,
       SharedSegment& shared);

  /// From now on these settings; workers made under others are replaced. They go when as many new
  /// ones are ready, so that the socket is never without a server; if the new ones cannot start,
  /// the old ones serve on.
  void renew(std::shared_ptr<const ServerSettings> settings);
  /// Starts what is missing, replaces what is stuck, sends the old on their way.
  void tick(std::int64_t now);
  /// Tells every worker to serve what waits and go. tick() insists, and kills after drain_timeout.
  void stop(std::int64_t now);
  /// Tells every worker to open its log anew.
  void reopen_logs() const;
  /// Takes note of a death. False: not one of ours.
  bool reap(pid_t pid, int status, std::int64_t now);
  [[nodiscard]] bool empty() const { return workers_.empty(); }
  [[nodiscard]] bool stopping() const { return stopping_; }

 private:
  struct Worker {
    pid_t pid;
    unsigned slot;
    std::uint64_t generation;
    std::int64_t started;
    std::int64_t told = 0;       ///< when it was told to go; 0: it was not
    std::int64_t signalled = 0;  ///< when last
    bool killed = false;
  };

  void watch(Worker& worker, std::int64_t now);
  void insist(Worker& worker, std::int64_t now);
  void tell(Worker& worker, std::int64_t now);
  void fill(std::int64_t now);
  void send_old_away(std::int64_t now);
  void spawn(unsigned slot, std::int64_t now);
  void report_death(const Worker& worker, int status, std::int64_t now);
  [[nodiscard]] std::optional<unsigned> free_slot() const;
  [[nodiscard]] unsigned wanted() const;
  [[nodiscard]] std::string_view name() const { return name_of(station_.crew); }

  Station station_;
  std::vector<int> strangers_;
  const Program& program_;
  SharedSegment& shared_;
  std::shared_ptr<const ServerSettings> settings_;
  std::uint64_t generation_ = 0;
  std::vector<Worker> workers_;
  Backoff backoff_;
  bool stopping_ = false;
};

}  // namespace postern::fcgi
